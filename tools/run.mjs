// The entry of `npm start` and `npm test`, and of every other root script: on a fresh clone it needs nothing but Node
// and npm. It gets pnpm, installs the dependencies when the lockfile has changed, then does what was asked.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const startedAt = Date.now()
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const windows = process.platform === 'win32'
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'

const commands = {
  async start(args) {
    await build()
    await run('running the demo', process.execPath, ['--enable-source-maps', 'apps/demo/dist/main.js', ...args])
  },
  async test(args) {
    await build()
    const tasks = ['typecheck', 'typecheck:root', '--continue', '--output-logs=new-only']
    // A wrong type is no reason to hide what the tests say.
    const types = await attempt('checking types', 'turbo', ['run', ...tasks])
    await run('running the tests', 'vitest', ['run', ...args])
    if (types !== 0) process.exit(types)
    say(`all green after ${seconds()} s`)
  },
  async bench(args) {
    await build()
    await run('running the benchmarks', process.execPath, ['--enable-source-maps', 'apps/bench/dist/main.js', ...args])
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
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), '{}\n')
    const quiet = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    await run(`getting pnpm ${version} (first run only)`, 'npm', [
      'install',
      '--prefix',
      home,
      ...quiet,
      `pnpm@${version}`,
    ])
  }
  env[pathKey] = [bin, env[pathKey]].join(delimiter)
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

async function build() {
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
