// Workers whose memory is compared: ours, Celery's and RQ's, each after the same tasks, each two at work.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { missingRedis, startRedis } from '../../contenders/redis.ts'
import { footprintMb, missingFootprint } from './footprint.ts'

export interface WorkerKind {
  readonly name: string
  readonly missing: () => string | undefined
  /** MiB of all its processes once so many tasks have run. */
  readonly measure: (tasks: number) => Promise<number>
}

// the sources and the bundle lie equally deep
const pythonFolder = join(import.meta.dirname, '..', 'python')
const ownProgram = join(import.meta.dirname, 'targets', 'documents', 'worker.js')

export const workerKinds: readonly WorkerKind[] = [
  { name: 'node, no tasks', missing: missingFootprint, measure: measureBareNode },
  { name: 'catzilla, 2 C workers', missing: missingFootprint, measure: measureOwn },
  {
    name: 'celery, 2 processes',
    missing: () => missingPython('celery'),
    measure: (tasks) =>
      measurePython(
        'celery',
        1,
        ['-m', 'celery', '-A', 'celery_work', 'worker', '-c', '2', '-l', 'ERROR'],
        ['celery_work.py', String(tasks)],
      ),
  },
  {
    name: 'rq, 2 workers',
    missing: () => missingPython('rq'),
    measure: (tasks) => measurePython('rq', 2, ['rq_work.py', 'worker'], ['rq_work.py', 'submit', String(tasks)]),
  },
]

async function measureBareNode(): Promise<number> {
  return measureProgram(['-e', "console.log('idle'); process.stdin.resume()"])
}

async function measureOwn(tasks: number): Promise<number> {
  return measureProgram([ownProgram, String(tasks)])
}

/** A program of Node that says something once it can be looked at, and ends with its input. */
async function measureProgram(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const spoke = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)])
  if (!spoke) throw new Error(`${args.join(' ')} ended before it could be looked at`)
  const mb = footprintMb([child.pid ?? 0])
  child.stdin.end()
  if (args[0] === '-e') child.kill()
  await ended
  return mb
}

function missingPython(module: string): string | undefined {
  const here = missingFootprint() ?? missingRedis()
  if (here !== undefined) return here
  return pythonWith(module) === undefined ? `there is no python3 with ${module} (Debian: python3-${module})` : undefined
}

/** Debian's own first: its packages are not those of another Python on the PATH. */
function pythonWith(module: string): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((python) => {
    return spawnSync(python, ['-c', `import redis, ${module}`]).status === 0
  })
}

async function measurePython(
  module: string,
  count: number,
  worker: readonly string[],
  submit: readonly string[],
): Promise<number> {
  const python = pythonWith(module) ?? 'python3'
  const redis = await startRedis('never')
  const env = { ...process.env, BENCH_REDIS: `redis://${redis.host}:${redis.port}/0`, PYTHONDONTWRITEBYTECODE: '1' }
  let said = ''
  const start = (args: readonly string[]): ChildProcess => {
    const child = spawn(python, [...args], { cwd: pythonFolder, env, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    return child
  }
  const workers = Array.from({ length: count }, () => start(worker))
  try {
    const [code] = (await once(start(submit), 'exit')) as [number | null]
    if (code !== 0) throw new Error(`tasks of ${module} did not run (exit code ${String(code)}): ${said.trim()}`)
    return footprintMb(workers.map(({ pid }) => pid ?? 0))
  } finally {
    await Promise.all(workers.map(endWorker))
    await redis.stop()
  }
}

/** It may have ended by itself. */
async function endWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const ended = once(worker, 'exit')
  worker.kill('SIGTERM')
  const patience = setTimeout(() => worker.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(patience)
}
