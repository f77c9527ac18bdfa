// `node tools/ctest.mjs dev|asan|tsan|valgrind|bench [NAME]` builds the C engine by a preset and runs its tests; `valgrind`
// runs the unit tests of `dev` under it, `bench` the benchmarks, or those with NAME in theirs. Exits with 77 when nothing
// can be run here, after saying why.
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../packages/core-c', import.meta.url))
const [asked = 'dev', wanted = ''] = process.argv.slice(2)
const preset = asked === 'valgrind' ? 'dev' : asked
const jobs = String(availableParallelism())

if (process.env.CATZILLA_NO_NATIVE) skip(process.env.CATZILLA_NO_NATIVE)
if (asked === 'valgrind' && spawnSync('valgrind', ['--version']).status !== 0) skip('there is no valgrind')

rmSync(join(folder, `build-${preset}`, 'junit.xml'), { force: true })
run('cmake', ['--preset', preset])
run('cmake', ['--build', '--preset', preset, '--parallel', jobs])
if (asked === 'valgrind') runUnderValgrind()
else if (asked === 'bench') runBenchmarks()
else run('ctest', ['--preset', preset, '--parallel', jobs, '--no-tests=error', '--output-junit', 'junit.xml'])

function runUnderValgrind() {
  const listed = spawnSync('ctest', ['--preset', preset, '-L', '^unit$', '--show-only=json-v1'], {
    cwd: folder,
    encoding: 'utf8',
  })
  const { tests } = JSON.parse(listed.stdout)
  if (tests.length === 0) throw new Error('ctest knows no unit test')
  // what is only possibly lost is the thread-local memory of threads that are just leaving
  const leaks = ['--leak-check=full', '--show-leak-kinds=definite', '--errors-for-leak-kinds=definite']
  const options = ['--quiet', '--error-exitcode=1', '--fair-sched=yes', ...leaks]
  for (const { name, command } of tests) {
    console.log(`valgrind ${name}`)
    run('valgrind', [...options, ...command], [0, 77])
  }
}

function runBenchmarks() {
  const programs = join(folder, 'build-bench')
  const names = readdirSync(programs).filter((name) => name.startsWith('bench_') && name.includes(wanted))
  for (const name of names) {
    console.log(`--- ${name}`)
    run(join(programs, name), [])
  }
}

function run(program, args, accepted = [0]) {
  const ran = spawnSync(program, args, { cwd: folder, stdio: 'inherit' })
  if (ran.error) throw ran.error
  if (!accepted.includes(ran.status)) process.exit(ran.status || 1)
}

function skip(reason) {
  console.log(`SKIPPED ${asked} of the C engine: ${reason}`)
  process.exit(77)
}
