// The entry of `npm start` and `npm test`, and of every other root script: on a fresh clone it needs nothing but Node
// and npm. It gets pnpm, installs the dependencies when the lockfile has changed, looks for what compiles the C engine,
// then does what was asked.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { addCounts, countsOfCtest, showCounts, skippedCtests, totalCounts } from './counts.mjs'
import { missingForArm64 } from './cross/arm64-tools.mjs'
import { missingForWindows } from './cross/windows-tools.mjs'
import { fetchNode, versions, versionTests } from './other-node.mjs'
import { findToolchain } from './toolchain.mjs'

const startedAt = Date.now()
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const windows = process.platform === 'win32'
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'

const fuzzer = 'packages/compiler/fuzz'

const commands = {
  async start(args) {
    await build()
    await run('running the demo', process.execPath, ['--enable-source-maps', 'apps/demo/dist/main.js', ...args])
  },
  async test(args) {
    env.CATZILLA_COUNTS ??= join(root, '.cache', 'test-counts')
    mkdirSync(dirname(env.CATZILLA_COUNTS), { recursive: true })
    rmSync(env.CATZILLA_COUNTS, { force: true })
    await build()
    const native = env.CATZILLA_NO_NATIVE === undefined
    const tasks = ['typecheck', 'typecheck:root', ...(native ? ['test:c'] : [])]
    const doing = native ? 'checking types and running the tests in C' : 'checking types'
    // A wrong type or a broken queue in C is no reason to hide what the other tests say.
    const checked = await attempt(doing, 'turbo', ['run', ...tasks, '--continue', '--output-logs=new-only'])
    countTestsInC(native)
    const tests = await attempt('running the tests', 'vitest', ['run', ...args])
    console.log(showCounts(totalCounts(env.CATZILLA_COUNTS)))
    if (checked !== 0 || tests !== 0) process.exit(checked || tests)
    say(`all green after ${seconds()} s`)
  },
  async bench(args) {
    await build()
    await run('running the benchmarks', process.execPath, ['--enable-source-maps', 'apps/bench/dist/main.js', ...args])
  },
  /** Ten minutes of tasks that crash, hang and use too much, for every night; CATZILLA_SOAK_SECONDS makes it longer. */
  async soak(args) {
    env.CATZILLA_SOAK_SECONDS ??= '600'
    await build()
    const file = 'packages/engine/test/isolates/soak.test.ts'
    await run('soaking the lanes off the event loop', 'vitest', ['run', '--project', 'engine', file, ...args])
  },
  /**
   * Kills processes with durable tasks 200 times on each engine, and workers and servers 200 times on each broker, for every
   * night; CATZILLA_CRASH_ROUNDS changes how often.
   */
  async crash(args) {
    env.CATZILLA_CRASH_ROUNDS ??= '200'
    await build()
    const file = 'packages/durable/test/crash.test.ts'
    await run('killing processes with durable tasks', 'vitest', ['run', '--project', 'durable', file, ...args])
    const onBrokers = [
      'packages/engine-bullmq/test/crash-redis.test.ts',
      'packages/engine-bullmq/test/crash-postgres.test.ts',
    ]
    await run('killing workers and brokers', 'vitest', ['run', '--project', 'engine-bullmq', ...onBrokers, ...args])
  },
  /** The suite on every engine, brokers and all; what it finds is published in docs/. */
  async conformance() {
    env.CATZILLA_CONFORMANCE = join(root, '.cache', 'conformance')
    rmSync(env.CATZILLA_CONFORMANCE, { recursive: true, force: true })
    await build()
    const files = ['engine/test/conformance', 'durable/test/conformance', 'engine-bullmq/test/conformance']
    await run('asking every engine', 'vitest', ['run', ...files.map((file) => `packages/${file}`)])
    await run('gathering', process.execPath, ['tools/conformance/publish.mjs', env.CATZILLA_CONFORMANCE])
    await run('writing the matrix', process.execPath, ['tools/generate/capabilities-doc.mjs'])
  },
  /** The tests that tell one Node from another, on another Node: `22` or `24`. Exits with 77 when it cannot be had. */
  async node([major, ...args]) {
    await build()
    const program = await fetchNode(join(root, '.cache'), major, fetchTool)
    if (program === undefined) {
      say(`SKIPPED Node ${major}: the registry has none for this machine`)
      process.exit(77)
    }
    env[pathKey] = [dirname(program), env[pathKey]].join(delimiter)
    const vitest = join('node_modules', 'vitest', 'vitest.mjs')
    await run(`testing on Node ${major}`, program, [vitest, 'run', ...versionTests, ...args])
  },
  /** Math, operators and texts of numbers, compiled, against V8 of every line of Node, for every night; the first argument: how many millions. */
  async sweep(args) {
    await build()
    const typescript = pathToFileURL(createRequire(join(root, fuzzer, 'sweep.ts')).resolve('tsx')).href
    const sweep = ['--conditions=@catzilla/source', '--import', typescript, `${fuzzer}/sweep.ts`]
    const asked = args.length > 0 ? args : ['12']
    for (const major of Object.keys(versions)) {
      const program = await fetchNode(join(root, '.cache'), major, fetchTool)
      if (program === undefined) say(`SKIPPED Node ${major}: the registry has none for this machine`)
      else await run(`comparing numbers on Node ${major}`, program, [...sweep, ...asked])
    }
  },
  /** Random programs against V8, half an hour in the interpreter and half an hour as machine code, for every night. */
  async fuzz(args) {
    await build()
    for (const tier of ['1', '2']) {
      const title = `comparing random programs with V8, tier ${tier}`
      const asked = args.length > 0 ? args : ['--minutes', '30']
      await run(title, process.execPath, [`${fuzzer}/run.mjs`, '--tier', tier, ...asked])
    }
  },
  /** The C engine for arm64, compiled here and loaded by a Node for arm64 in an emulator. Exits with 77 without the tools. */
  async cross() {
    const missing = missingForArm64()
    if (missing !== undefined) {
      say(`SKIPPED the C engine for arm64: ${missing}`)
      process.exit(77)
    }
    await build()
    const program = await fetchNode(join(root, '.cache'), '22', fetchTool, 'linux-arm64')
    if (program === undefined) fail('there is no Node for arm64 in the registry')
    await run('trying the C engine for arm64', process.execPath, ['tools/cross/arm64.mjs', program])
  },
  /** The C engine for Windows, compiled here and loaded by a Node for Windows in wine. Exits with 77 without the tools. */
  async windows() {
    const missing = missingForWindows()
    if (missing !== undefined) {
      say(`SKIPPED the C engine for Windows: ${missing}`)
      process.exit(77)
    }
    await build()
    const program = await fetchNode(join(root, '.cache'), '22', fetchTool, 'win-x64')
    if (program === undefined) fail('there is no Node for Windows in the registry')
    await run('trying the C engine for Windows', process.execPath, ['tools/cross/windows.mjs', program])
  },
  async exec([command, ...args]) {
    await run(undefined, command, args)
  },
}

process.chdir(root)
const [name, ...rest] = process.argv.slice(2)
if (!Object.hasOwn(commands, name)) fail(`unknown command ${name}: one of ${Object.keys(commands).join(', ')}`)
await getPnpm()
await installDependencies()
env[pathKey] = [join(root, 'node_modules', '.bin'), env[pathKey]].join(delimiter)
await setUpToolchain()
await commands[name](rest[0] === '--' ? rest.slice(1) : rest)

/**
 * Puts pnpm on the PATH at exactly the version of `packageManager`, where turbo looks for it too. Corepack is not used:
 * newer Nodes come without it.
 */
async function getPnpm() {
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'))
  const version = /^pnpm@([^+]+)/.exec(packageManager)[1]
  const found = spawnSync('pnpm', ['--version'], { env, shell: windows, encoding: 'utf8' })
  if (found.status === 0 && found.stdout.trim() === version) return
  const home = join(root, '.cache', `pnpm-${version}`)
  const bin = join(home, 'node_modules', '.bin')
  if (!existsSync(join(bin, windows ? 'pnpm.cmd' : 'pnpm'))) {
    if (!(await fetchTool(`getting pnpm ${version} (first run only)`, home, `pnpm@${version}`))) process.exit(1)
  }
  env[pathKey] = [bin, env[pathKey]].join(delimiter)
}

/** Installs one package of npm, and nothing it would run, into a folder of its own; false when that fails. */
async function fetchTool(title, home, spec) {
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{}\n')
  // --force: it may be for another machine
  const quiet = [
    '--force',
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  return (await attempt(title, 'npm', ['install', '--prefix', home, ...quiet, spec])) === 0
}

/** Installs when the lockfile differs from the one installed last; otherwise touches neither network nor disk. */
async function installDependencies() {
  const stamp = join('node_modules', '.catzilla-installed')
  const lockfile = readFileSync('pnpm-lock.yaml', 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return
  const settings = ['--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false']
  await run('installing dependencies (first run only, about 20 s)', 'pnpm', ['install', ...settings])
  writeFileSync(stamp, lockfile)
}

/** Tells the steps to come whether there is a compiler (CATZILLA_NO_NATIVE: why not), and turbo when it is another one. */
async function setUpToolchain() {
  const found = await findToolchain(env, join(root, '.cache'), fetchTool)
  delete env.CATZILLA_NO_NATIVE
  if ('missing' in found) env.CATZILLA_NO_NATIVE = found.missing
  else env.CATZILLA_TOOLCHAIN = found.id
  if (found.cmakeFolder) env[pathKey] = [found.cmakeFolder, env[pathKey]].join(delimiter)
}

function countTestsInC(native) {
  const folder = join(root, 'packages', 'core-c')
  const counts = native ? countsOfCtest(join(folder, 'build-dev')) : skippedCtests(join(folder, 'ctest'))
  addCounts(env.CATZILLA_COUNTS, counts)
  console.log(`ctest: ${showCounts(counts)}${native ? '' : ` (${env.CATZILLA_NO_NATIVE})`}`)
}

async function build() {
  if (env.CATZILLA_NO_NATIVE) {
    say(`the C engine is NOT compiled and its tests are skipped: ${env.CATZILLA_NO_NATIVE}; TypeScript does the work`)
  }
  await run('building packages and apps', 'turbo', ['run', 'build', '--output-logs=new-only'])
}

/** As `attempt`, but a failure ends this process with the same exit code. */
async function run(title, command, args) {
  const code = await attempt(title, command, args)
  if (code !== 0) process.exit(code)
}

/** Runs one program to its end, passing signals on, and returns its exit code. */
async function attempt(title, command, args) {
  if (title) say(title)
  const child = spawn(command, windows ? args.map(quote) : args, { env, stdio: 'inherit', shell: windows })
  const forward = (signal) => child.kill(signal)
  process.on('SIGINT', forward).on('SIGTERM', forward)
  const code = await new Promise((resolve) => {
    child.once('error', (error) => fail(`${command}: ${error.message}`))
    child.once('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal]))
  })
  process.off('SIGINT', forward).off('SIGTERM', forward)
  if (code !== 0 && title) say(`${title}: failed with exit code ${code} after ${seconds()} s`)
  return code
}

function quote(arg) {
  return /[\s"&|<>^]/.test(arg) ? `"${arg.replaceAll('"', '\\"')}"` : arg
}

function seconds() {
  return ((Date.now() - startedAt) / 1000).toFixed(1)
}

function say(text) {
  console.error(`catzilla: ${text}`)
}

function fail(text) {
  say(text)
  process.exit(1)
}
