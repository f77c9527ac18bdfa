// A Redis of one's own: on this machine alone, on a free port, in a folder that goes away with it.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

/** `never` keeps nothing on disk; `always` has every write there before it is answered. */
export type Syncing = 'never' | 'always'

/** Why there is no Redis here. */
export function missingRedis(): string | undefined {
  return programOf() === undefined ? 'there is no redis-server or valkey-server on the PATH' : undefined
}

/** @throws Error when it does not come up */
export async function startRedis(syncing: Syncing): Promise<RedisServer> {
  const program = programOf()
  if (program === undefined) throw new Error(missingRedis())
  const [host, port] = ['127.0.0.1', await freePort()]
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-bench-redis-'))
  const keeping = syncing === 'never' ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', 'always']
  const args = ['--bind', host, '--port', String(port), '--dir', folder, '--save', '', ...keeping]
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  // whoever ends this process early ends the server too
  const kill = (): void => {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', kill)
  const ended = once(server, 'exit')
  const stop = async (): Promise<void> => {
    process.off('exit', kill)
    server.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await ready(server.stdout, ended)
  } catch (error) {
    await stop()
    throw error
  }
  return { host, port, pid: server.pid ?? 0, stop }
}

function programOf(): string | undefined {
  return ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0)
}

async function ready(output: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<void> {
  let said = ''
  const up = new Promise<void>((resolve) => {
    output.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Ready to accept connections')) resolve()
    })
  })
  const failed = ended.then(() => {
    throw new Error(`the Redis of the benchmark did not start: ${said.trim().split('\n').at(-1) ?? 'it said nothing'}`)
  })
  await Promise.race([up, failed])
  failed.catch(() => {})
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
