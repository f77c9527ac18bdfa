// node packages/compiler/fuzz/mutants/run.mjs [--programs N] [--tier 1|2] [--match WORD] [--scratch FOLDER]
// Plants each bug of the table into a copy of this clone, builds it and fuzzes it: how many programs until it is found? What
// random programs do not meet in time the programs of the tests have to, which were written for it.
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
// what is found in the sources as they are would be found in every mutant
const unchanged = fuzz()
if (unchanged.startsWith('found') || failsDirected()) throw new Error(`without a mutant: ${unchanged}`)

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
  const answer = file.startsWith('packages/core-c/') && !build() ? 'DOES NOT COMPILE' : search()
  writeFileSync(path, sound)
  if (!answer.startsWith('found')) missed += 1
  console.log(`${answer.padEnd(16)} ${about}`)
}
build()
console.log(`${missed} not found`)
process.exitCode = missed > 0 ? 1 : 0

/** The clone with its dependencies, built: builds after that compile only what has changed. */
function prepare() {
  if (existsSync(copy)) return
  mkdirSync(asked.scratch, { recursive: true })
  // the build of the clone names the sources of the clone, and would compile them again instead of the copies
  const builtFromClone = join(root, 'packages/core-c/build')
  const filter = (path) => basename(path) !== '.git' && path !== builtFromClone
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true, filter })
  if (!build()) throw new Error(`the copy in ${copy} does not compile`)
}

function build() {
  return run('packages/core-c/scripts/build-native.mjs').status === 0
}

function search() {
  const answer = fuzz()
  return answer.startsWith('MISSED') && failsDirected() ? 'found by a test' : answer
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

/** Whether one of the programs that were written for certain ideas is not what it is in V8. */
function failsDirected() {
  const test = 'packages/compiler/test/compared-with-v8.test.ts'
  const withoutRandomOnes = ['-t', '^(?!.*random programs)']
  return run('node_modules/vitest/vitest.mjs', 'run', '--project', 'compiler', test, ...withoutRandomOnes).status !== 0
}

function run(script, ...options) {
  return spawnSync(process.execPath, [join(copy, script), ...options], { cwd: copy, encoding: 'utf8' })
}
