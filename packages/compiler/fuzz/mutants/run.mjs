// node packages/compiler/fuzz/mutants/run.mjs [--programs N] [--tier 1|2] [--match WORD] [--scratch FOLDER]
// Plants each bug of the table into a copy of this clone, builds it and fuzzes it: how many programs until it is found?
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { compilerMutants } from './compiler-table.mjs'
import { mutants } from './table.mjs'

const { values: asked } = parseArgs({
  options: {
    programs: { type: 'string', default: '20000' },
    tier: { type: 'string', default: '1' },
    match: { type: 'string', default: '' },
    seed: { type: 'string', default: '11' },
    scratch: { type: 'string', default: join(tmpdir(), 'catzilla-mutants') },
  },
})

const root = join(import.meta.dirname, '../../../..')
const copy = join(asked.scratch, 'clone')
prepare()

let missed = 0
for (const { about, file, find, replace } of [...mutants, ...compilerMutants].filter((each) =>
  each.about.includes(asked.match),
)) {
  const path = join(copy, file)
  const sound = readFileSync(path, 'utf8')
  if (!sound.includes(find)) {
    console.log(`DOES NOT APPLY  ${about}`)
    missed += 1
    continue
  }
  writeFileSync(
    path,
    sound.replace(find, () => replace),
  )
  const answer = file.startsWith('packages/core-c/') && !build() ? 'DOES NOT COMPILE' : fuzz()
  writeFileSync(path, sound)
  if (!answer.startsWith('found')) missed += 1
  console.log(`${answer.padEnd(16)} ${about}`)
}
build()
console.log(`${missed} not found`)
process.exitCode = missed > 0 ? 1 : 0

/** The clone with its dependencies and its build, so that a build anew takes what has changed. */
function prepare() {
  if (existsSync(copy)) return
  mkdirSync(asked.scratch, { recursive: true })
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => basename(path) !== '.git' })
  build()
}

function build() {
  return run('packages/core-c/scripts/build-native.mjs').status === 0
}

function fuzz() {
  const options = [
    '--tier',
    asked.tier,
    '--programs',
    asked.programs,
    '--seed',
    asked.seed,
    '--failures',
    '1',
    '--shrink',
    '0',
  ]
  const { stdout } = run('packages/compiler/fuzz/run.mjs', ...options)
  const [, programs] = /^end: (\d+) programs/m.exec(stdout) ?? []
  const found = /^FAILURE|^CRASH/m.test(stdout)
  return found ? `found in ${programs}` : `MISSED in ${programs}`
}

function run(script, ...options) {
  return spawnSync(process.execPath, [join(copy, script), ...options], { cwd: copy, encoding: 'utf8' })
}
