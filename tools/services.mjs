// Real servers for tests: Redis and PostgreSQL, each from the first place that has one: an environment variable with its
// URL, the machine, the packages of the distribution. Where there is none, tests skip and say why.
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unpacked } from './unpacked.mjs'

/** Longest wait for a server to answer. */
const START_PATIENCE_MS = 60_000

/** Programs that must not run as root run as this user, who owns nothing. */
const NOBODY = 65_534

/**
 * @typedef {{ url: string, source: string, pid: number | undefined, stop: () => Promise<void>, restart: () => Promise<void> }} Service
 * @typedef {{ skip: string }} Missing
 */

/**
 * A Redis server.
 * @param {'everysec' | 'always'} syncing `everysec` may forget what it has answered in the last two seconds when it is killed:
 *   while the disk is busy with a sync it answers before it writes
 * @returns {Promise<Service | Missing>}
 */
export async function redisService(env = process.env, syncing = 'everysec') {
  if (env.REDIS_URL) return given(env.REDIS_URL, 'REDIS_URL')
  const found = onPath(['redis-server', 'valkey-server']) ?? unpacked('redis-server')
  if (found.skip) return found
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-redis-'))
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
    '--appendfsync',
    syncing,
  ]
  const run = () => spawn(found.path, args, { stdio: 'ignore', env: { ...env, ...found.env } })
  return started({ url: `redis://127.0.0.1:${port}/0`, source: found.source, folder, port, run })
}

/** A PostgreSQL server with an empty database. @returns {Promise<Service | Missing>} */
export async function postgresService(env = process.env) {
  if (env.PG_URL) return given(env.PG_URL, 'PG_URL')
  const found = postgresOnMachine() ?? unpacked('postgresql')
  if (found.skip) return found
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-postgres-'))
  const data = join(folder, 'data')
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  mkdirSync(data)
  if (user.uid !== undefined) for (const each of [folder, data]) chownSync(each, NOBODY, NOBODY)
  chmodSync(folder, 0o755)
  chmodSync(data, 0o700)
  const options = { ...user, stdio: 'ignore', env: { ...env, ...found.env, HOME: folder } }
  try {
    execFileSync(join(found.path, 'initdb'), ['-D', data, '-U', 'catzilla', '-A', 'trust', '--no-sync'], options)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return { skip: `initdb of ${found.source} failed: ${String(error.message).split('\n')[0]}` }
  }
  const port = await freePort()
  const settings = [
    '-c',
    `port=${port}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'max_connections=300',
  ]
  const run = () => spawn(join(found.path, 'postgres'), ['-D', data, ...settings], options)
  return started({
    url: `postgres://catzilla@127.0.0.1:${port}/postgres`,
    source: found.source,
    folder,
    port,
    run,
    asks: askPostgres,
  })
}

function given(url, name) {
  const cannot = async () => {
    throw new Error(`the server of ${name} is not ours to restart`)
  }
  return { url, source: name, pid: undefined, stop: async () => {}, restart: cannot }
}

async function started({ url, source, folder, port, run, asks = askRedis }) {
  let child
  const guard = guarding(folder)
  const start = async () => {
    const mine = run()
    child = mine
    guard.of(mine.pid)
    await answering(port, mine, asks)
  }
  const end = async (signal) => {
    const gone = child.exitCode !== null || child.signalCode !== null
    if (gone) return
    const over = new Promise((yes) => child.once('exit', yes))
    child.kill(signal)
    await over
  }
  // a test run that is interrupted takes its servers along
  const atExit = () => child.kill('SIGKILL')
  process.once('exit', atExit)
  try {
    await start()
  } catch (error) {
    await end('SIGKILL')
    guard.over()
    rmSync(folder, { recursive: true, force: true })
    return { skip: `${source} did not start: ${error.message}` }
  }
  return {
    url,
    source,
    get pid() {
      return child.pid
    },
    stop: async () => {
      process.off('exit', atExit)
      await end('SIGKILL')
      guard.over()
      rmSync(folder, { recursive: true, force: true })
    },
    restart: async () => {
      await end('SIGKILL')
      await startAgain(start)
    },
  }
}

/** What ends the server, and removes its folder, when this process is killed: its end of the pipe closes by itself. */
function guarding(folder) {
  const program = fileURLToPath(new URL('service-guard.mjs', import.meta.url))
  const guard = spawn(process.execPath, [program, folder], { stdio: ['pipe', 'ignore', 'inherit'], detached: true })
  guard.unref()
  guard.stdin.unref()
  return { of: (pid) => guard.stdin.write(`${pid}\n`), over: () => guard.stdin.end('0\n') }
}

/** PostgreSQL refuses to start until the processes that the killed one has left behind have noticed, and are gone. */
async function startAgain(start) {
  const until = Date.now() + START_PATIENCE_MS
  for (;;) {
    try {
      return await start()
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise((wait) => setTimeout(wait, 100))
    }
  }
}

/** Resolves when the server at the port answers. */
async function answering(port, child, asks) {
  const until = Date.now() + START_PATIENCE_MS
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    if (await asks(port)) return
    await new Promise((wait) => setTimeout(wait, 50))
  }
  throw new Error(`it does not answer at port ${port}`)
}

/** `PING` is answered by `+PONG`, and by an error while the data is loaded. */
function askRedis(port) {
  return ask(port, Buffer.from('PING\r\n'), (answer) => answer.toString().startsWith('+PONG'))
}

/** A start-up packet for a user is answered by `R` (who are you), and by `E` while the server starts. */
function askPostgres(port) {
  const body = Buffer.from('\0\x03\0\0user\0catzilla\0database\0postgres\0\0', 'latin1')
  const head = Buffer.alloc(4)
  head.writeInt32BE(body.length + 4)
  return ask(port, Buffer.concat([head, body]), (answer) => answer.toString('latin1').startsWith('R'))
}

function ask(port, question, isAnswer) {
  return new Promise((yes) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(question))
    const end = (answered) => {
      socket.destroy()
      yes(answered)
    }
    socket.once('data', (bytes) => end(isAnswer(bytes)))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
    socket.setTimeout(2000, () => end(false))
  })
}

function onPath(names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name)
      if (existsSync(path)) return { path, source: `${name} of this machine`, env: {} }
    }
  }
  return undefined
}

function postgresOnMachine() {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root) : []
  const latest = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .find((each) => existsSync(join(root, each, 'bin/initdb')))
  if (latest !== undefined)
    return { path: join(root, latest, 'bin'), source: `PostgreSQL ${latest} of this machine`, env: {} }
  const initdb = onPath(['initdb'])
  return initdb && { path: resolve(initdb.path, '..'), source: 'PostgreSQL of this machine', env: {} }
}

function freePort() {
  return new Promise((yes, no) => {
    const server = createServer().once('error', no)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => yes(port))
    })
  })
}
