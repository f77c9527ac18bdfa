// Tasks that crash, hang, are cancelled and use too much memory, at random, for a while: each settles exactly once, and
// nothing is left. CATZILLA_SOAK_SECONDS is how long (30 by default), CATZILLA_SEED repeats a run's choices.
import { readFileSync, readdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { LaneName, TaskCall, TaskHandle } from '../../src/contract/task.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { engineKinds, startWith } from './thread/thread-engines.ts'

const seconds = Number(process.env['CATZILLA_SOAK_SECONDS'] ?? 30)
const seed = Number(process.env['CATZILLA_SEED'] ?? Date.now() % 1_000_000)
/** Tasks on their way at once. */
const WIDTH = 64
/** From so many seconds on the memory of ended threads is compared with what Node itself leaves behind. */
const NIGHTLY_SECONDS = 300
const THREADS = 2
const MIB = 1024 * 1024
/** Threads that Node and the engine's C library keep, whatever tasks there are. */
const POOLED = 16

type Kind = 'value' | 'async' | 'throw' | 'large' | 'exit' | 'uncaught' | 'rejection' | 'endless' | 'hog' | 'waits'

/** How often each kind comes among a hundred, and with which options. */
const kinds: readonly (readonly [Kind, number, TaskOptions])[] = [
  ['value', 60, {}],
  ['async', 15, { maxRetries: 1 }],
  ['throw', 8, { maxRetries: 1, retryDelayMs: 1 }],
  ['large', 6, {}],
  ['exit', 3, {}],
  ['uncaught', 2, { maxRetries: 1, retryDelayMs: 1 }],
  ['rejection', 2, {}],
  ['waits', 2, { timeoutMs: 50 }],
  ['endless', 1.5, { timeoutMs: 50 }],
  ['hog', 0.5, { memoryLimitMb: 40 }],
]

const innocent: ReadonlySet<Kind> = new Set<Kind>(['value', 'async', 'large'])

/** What a task does; it has no free variables, so that it travels as text. */
function body(kind: Kind, value: number): unknown {
  switch (kind) {
    case 'value':
      return value
    case 'async':
      return new Promise((resolve) => setTimeout(resolve, value % 3, value))
    case 'throw':
      throw new RangeError(`thrown ${value}`)
    case 'large':
      return new Uint8Array(200_000).fill(value)
    case 'exit':
      return process.exit(value % 5)
    case 'uncaught':
      return new Promise(() =>
        setTimeout(() => {
          throw new Error('nobody catches this')
        }, value % 3),
      )
    case 'rejection':
      return new Promise(() => void Promise.reject(new Error('nobody handles this')))
    case 'waits':
      return new Promise(() => setInterval(() => {}, 1000))
    case 'endless':
      for (;;);
    case 'hog': {
      const kept: unknown[] = []
      for (;;) kept.push(Array.from({ length: 1000 }, (_, n) => n))
    }
  }
}

/** mulberry32: numbers in [0, 1) that a seed repeats. */
function randomOf(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

class Soak {
  readonly counts = new Map<string, number>()
  submitted = 0
  settled = 0
  twice = 0
  /** Numbers of the threads or processes that ran something. */
  readonly workers = new Set<number | null>()
  readonly wronged: string[] = []
  readonly #engine: TaskEngine
  readonly #random: () => number
  readonly #calls: readonly (readonly [number, Kind, TaskCall])[]

  constructor(engine: TaskEngine, lane: LaneName, random: () => number) {
    this.#engine = engine
    this.#random = random
    this.#calls = kinds.map(([kind, share, options]) => {
      // what does nothing wrong has all the time there is: a machine that stops in between is no reason to fail
      const timeoutMs = innocent.has(kind) ? Infinity : 20_000
      const resolved = resolveTaskOptions({ lane, maxRetries: 0, timeoutMs, ...options })
      return [share, kind, Object.freeze({ name: kind, handler: body, options: resolved })]
    })
  }

  /** One stream of tasks, each after the one before; one at least, however little of the time the machine has for this. */
  async stream(until: number): Promise<void> {
    do await this.#one()
    while (Date.now() < until)
  }

  async #one(): Promise<void> {
    const [, kind, call] = this.#choose()
    const handle = this.#engine.submit(call, [kind, Math.floor(this.#random() * 1000)])
    this.submitted++
    let times = 0
    const settled = new Promise<string>((resolve) => {
      handle.onSettled(({ status }) => {
        if (++times > 1) this.twice++
        resolve(status)
      })
    })
    if (this.#random() < 0.05) setImmediate(() => handle.cancel('soak'))
    const what = `${kind} ${await settled}`
    this.#judge(kind, handle)
    this.workers.add(handle.stats().workerId)
    this.settled++
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  /** What has done nothing wrong may be cancelled, and never fails. */
  #judge(kind: Kind, { outcome }: TaskHandle): void {
    if (!innocent.has(kind) || outcome?.status !== 'failed') return
    this.wronged.push(`${kind}: ${outcome.error.stack ?? outcome.error.message}`)
  }

  #choose(): readonly [number, Kind, TaskCall] {
    let left = this.#random() * 100
    for (const each of this.#calls) {
      left -= each[0]
      if (left < 0) return each
    }
    const [first] = this.#calls
    if (first === undefined) throw new TypeError('there are no kinds')
    return first
  }
}

/** What this process has of the system; nothing where the system does not say. */
interface Holdings {
  readonly files: number
  readonly threads: number
  readonly children: number
}

function holdings(): Holdings {
  if (process.platform !== 'linux') return { files: 0, threads: 0, children: 0 }
  const threads = readdirSync('/proc/self/task')
  return {
    files: readdirSync('/proc/self/fd').length,
    threads: threads.length,
    children: threads.reduce((sum, thread) => sum + childrenOf(thread), 0),
  }
}

function childrenOf(thread: string): number {
  try {
    return readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).length
  } catch {
    // it has ended since it was listed
    return 0
  }
}

/** Resident memory as time goes by. */
class Memory {
  readonly #seen: (readonly [minutes: number, mb: number])[] = []
  readonly #timer = setInterval(() => this.#look(), 500)

  #look(): void {
    this.#seen.push([Date.now() / 60_000, process.memoryUsage.rss() / MIB])
  }

  /** MiB a minute, by least squares; of no meaning in less than a minute. */
  slope(): number {
    clearInterval(this.#timer)
    this.#look()
    const count = this.#seen.length
    const [meanAt, meanMb] = [0, 1].map(
      (index) => this.#seen.reduce((sum, each) => sum + (each[index] ?? 0), 0) / count,
    )
    let [above, below] = [0, 0]
    for (const [at, mb] of this.#seen) {
      above += (at - (meanAt ?? 0)) * (mb - (meanMb ?? 0))
      below += (at - (meanAt ?? 0)) ** 2
    }
    return above / below
  }
}

const lanes = ['thread', 'process'] as const

describe.each(engineKinds)('a soak of the %s engine', (name, make) => {
  const share = (seconds * 1000) / engineKinds.length / lanes.length

  test.each(lanes)(
    'every task of the %s lane settles once, and nothing is left',
    async (lane) => {
      console.info(`soak of ${lane} on ${name}: CATZILLA_SEED=${seed}, ${Math.round(share)} ms`)
      const before = holdings()
      const engine = await startWith(make, {
        maxThreads: THREADS,
        maxProcesses: THREADS,
        recycleAfterTasks: 500,
        queueSize: 1000,
      })
      const soak = new Soak(engine, lane, randomOf(seed))
      const begun = Date.now()
      const streams = (until: number): Promise<unknown> =>
        Promise.all(Array.from({ length: WIDTH }, () => soak.stream(until)))
      await streams(begun + share / 2)
      const [{ files }, rss, memory, workersBefore] = [
        holdings(),
        process.memoryUsage.rss(),
        new Memory(),
        soak.workers.size,
      ]
      await streams(begun + share)
      await engine.drain()
      const slope = memory.slope().toFixed(1)
      const grownMb = (process.memoryUsage.rss() - rss) / MIB
      console.info(
        `${soak.settled} tasks, by ${soak.workers.size} of ${lane}; in the second half, in which ${soak.workers.size - workersBefore} of them were new, resident memory grew by ${grownMb.toFixed(0)} MiB (${slope} a minute): ${JSON.stringify(Object.fromEntries(soak.counts))}`,
      )
      expect(soak.wronged).toEqual([])
      expect([soak.twice, soak.settled]).toEqual([0, soak.submitted])
      expect(soak.counts.get('value completed')).toBeGreaterThan(0)
      const { completedTasks, failedTasks, cancelledTasks } = engine.snapshot()
      expect(completedTasks + failedTasks + cancelledTasks).toBe(soak.submitted)
      await engine.stop({ waitForCompletion: true, timeoutMs: 10_000 })
      const after = holdings()
      console.info(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`)
      expect(after.files).toBeLessThanOrEqual(files)
      expect(after.children).toBeLessThanOrEqual(before.children)
      // the first engine starts the pools of the process itself, such as that for files
      expect(after.threads - before.threads).toBeLessThan(POOLED)
      // heaps and threads come and go: what matters is that it does not go on growing with the tasks
      expect(grownMb).toBeLessThan(256)
    },
    share + 120_000,
  )
})

describe.runIf(seconds >= NIGHTLY_SECONDS)('beside it', () => {
  const share = (seconds * 1000) / engineKinds.length / lanes.length

  test(
    'bare worker threads that are ended as fast show what Node itself leaves behind',
    async () => {
      const begun = Date.now()
      let ended = 0
      const stream = async (until: number): Promise<void> => {
        for (; Date.now() < until; ended++) await bareThread()
      }
      const streams = (until: number): Promise<unknown> =>
        Promise.all(Array.from({ length: THREADS }, () => stream(until)))
      await streams(begun + share / 2)
      const [first, rss, memory] = [ended, process.memoryUsage.rss(), new Memory()]
      await streams(begun + share)
      const grownMb = (process.memoryUsage.rss() - rss) / MIB
      console.info(
        `${ended} bare threads; in the second half, in which ${ended - first} ended, resident memory grew by ${grownMb.toFixed(0)} MiB (${memory.slope().toFixed(1)} a minute)`,
      )
      expect(ended).toBeGreaterThan(first)
    },
    share + 120_000,
  )
})

/** Started, ended by itself, and gone. */
function bareThread(): Promise<unknown> {
  const thread = new Worker('process.exit(1)', { eval: true })
  return new Promise((resolve) => thread.on('exit', resolve))
}
