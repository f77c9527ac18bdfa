// node packages/compiler/fuzz/mutants/run.mjs [--programs N] [--tier 1|2] [--match WORD] [--from N] [--scratch FOLDER]
// Plants each bug of the table into a copy of this clone, builds it and fuzzes it: how many programs until it is found? What
// random programs do not meet in time the programs of the tests have to, which were written for it. All of them take an hour;
// a run that was ended goes on where it was, until its scratch folder is removed.
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { compilerMutants } from './compiler-table.mjs'
import { mutants } from './table.mjs'

const { values: asked } = parseArgs({
  options: {
    programs: { type: 'string', default: '20000' },
    tier: { type: 'string', default: '1' },
    match: { type: 'string', default: '' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string', default: '11' },
    scratch: { type: 'string', default: join(tmpdir(), 'catzilla-mutants') },
  },
})

/** A search that says nothing for so long hangs, which is found. */
const PATIENCE_MS = 600_000

const root = join(import.meta.dirname, '../../../..')
const copy = join(asked.scratch, 'clone')
const answers = join(asked.scratch, 'answers.jsonl')
const planted = join(asked.scratch, 'planted.json')
prepare()
const known = knownAnswers()
// what is found in the sources as they are would be found in every mutant
const unchanged = known.get(keyOf({ about: 'no mutant' })) ?? tell({ about: 'no mutant' }, search())
if (!unchanged.startsWith('MISSED')) throw new Error(`without a mutant: ${unchanged}`)

const chosen = [...mutants, ...compilerMutants]
  .slice(Number(asked.from) - 1)
  .filter((each) => each.about.includes(asked.match))
const missed = chosen.filter((mutant) => {
  const answer = known.get(keyOf(mutant)) ?? tell(mutant, answerTo(mutant))
  return !answer.startsWith('found')
})
build()
console.log(`${chosen.length} planted, ${missed.length} not found`)
for (const { about } of missed) console.log(`  ${about}`)
process.exitCode = missed.length > 0 ? 1 : 0

function answerTo({ file, find, replace }) {
  const sound = readFileSync(join(copy, file), 'utf8')
  if (!sound.includes(find)) return 'DOES NOT APPLY'
  const mutated = sound.replace(find, () => replace)
  writeFileSync(planted, JSON.stringify({ file, sound }))
  writeFileSync(join(copy, file), mutated)
  const answer = file.startsWith('packages/core-c/') && !build() ? 'DOES NOT COMPILE' : search()
  pullUp()
  return answer
}

/** Takes out what is planted, also by a run that was ended. */
function pullUp() {
  if (!existsSync(planted)) return
  const { file, sound } = JSON.parse(readFileSync(planted, 'utf8'))
  writeFileSync(join(copy, file), sound)
  rmSync(planted)
}

function knownAnswers() {
  if (!existsSync(answers)) return new Map()
  const lines = readFileSync(answers, 'utf8').split('\n')
  return new Map(lines.filter(Boolean).map((line) => JSON.parse(line)))
}

/** A mutant that was changed is another one, as is one asked another question. */
function keyOf({ about, find, replace }) {
  return JSON.stringify([about, find, replace, asked.tier, asked.programs, asked.seed])
}

function tell(mutant, answer) {
  console.log(`${answer.padEnd(16)} ${mutant.about}`)
  appendFileSync(answers, `${JSON.stringify([keyOf(mutant), answer])}\n`)
  return answer
}

/** The clone with its dependencies, built: builds after that compile only what has changed. */
function prepare() {
  if (existsSync(copy)) {
    pullUp()
    build()
    return
  }
  mkdirSync(asked.scratch, { recursive: true })
  // the build of the clone names the sources of the clone, and would compile them again instead of the copies
  const builtFromClone = join(root, 'packages/core-c/build')
  const filter = (path) => basename(path) !== '.git' && path !== builtFromClone
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true, filter })
  if (!build()) throw new Error(`the copy in ${copy} does not compile`)
}

function build() {
  return run(join(copy, 'packages/core-c/scripts/build-native.mjs')).status === 0
}

function search() {
  const { status, signal, stdout, stderr } = run(
    '--conditions=@catzilla/source',
    '--import',
    pathToFileURL(join(copy, 'packages/compiler/node_modules/tsx/dist/loader.mjs')).href,
    join(copy, 'packages/compiler/fuzz/mutants/search.ts'),
    asked.tier,
    asked.seed,
    asked.programs,
  )
  const [begun, answer] = stdout.split('\n')
  if (begun !== 'searching') return `DOES NOT RUN: ${stderr.trim().split('\n')[0]}`
  if (answer) return answer
  return `found by its end (${signal ?? status})`
}

function run(...args) {
  return spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL' })
}
