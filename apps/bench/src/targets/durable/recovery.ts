// A million tasks that a crash has left: how soon the first one runs, and how much memory waiting for their turn takes.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDurableEngine } from '@catzilla/durable'
import { createTypeScriptEngine, resolveTaskOptions } from '@catzilla/engine'
import type { TaskEngine, TaskHandler } from '@catzilla/engine'
import { runJob } from '../../child.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

const FIRST_WITHIN_MS = 1000
const PER_BATCH = 5000
const name = 'left.over'

export async function measureRecovery({ quick }: SectionInput): Promise<SectionResult> {
  const count = quick ? 20_000 : 1_000_000
  const root = mkdtempSync(join(tmpdir(), 'catzilla-bench-recovery-'))
  try {
    tellProgress(`durable: storing ${formatCount(count)} tasks`)
    // by another process: what it held would else count as memory that is there already
    await runJob('durable:leave-behind', { directory: join(root, 'data'), count })
    tellProgress('durable: taking them up')
    const { firstMs, allMs, heapMb, residentMb } = await takeUp(join(root, 'data'), count)
    return {
      title: 'Durable tasks: recovery',
      tables: [
        {
          title: `${formatCount(count)} tasks left by an earlier process, once`,
          columns: ['first task starts after', 'all have ended after', 'heap at most', 'more memory at most'],
          rows: [
            [
              `${formatFigure(firstMs)} ms`,
              `${formatFigure(allMs / 1000)} s`,
              `${formatFigure(heapMb)} MiB`,
              `${formatFigure(residentMb)} MiB`,
            ],
          ],
          note: 'From the call of start() on. Tasks are taken up a thousand at a time; memory is looked at after each thousand. More memory: what is resident and not of the file, which the system maps and may drop, beyond what was before.',
        },
      ],
      verdicts: [
        {
          target: `the first of ${formatCount(count)} stored tasks starts within ${FIRST_WITHIN_MS / 1000} s`,
          measured: `${formatFigure(firstMs)} ms`,
          met: firstMs <= FIRST_WITHIN_MS,
        },
      ],
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** The job. */
export async function leaveBehind({
  directory,
  count,
}: {
  readonly directory: string
  readonly count: number
}): Promise<void> {
  const engine = createDurableEngine(createTypeScriptEngine({ queueSize: count }), directory, { durability: 'relaxed' })
  await engine.start()
  await engine.pause()
  const options = register(engine, () => 1)
  for (let done = 0; done < count; done += PER_BATCH) {
    const handles = engine.submitMany(
      { name, options },
      Array.from({ length: PER_BATCH }, (_, n) => [done + n]),
    )
    await Promise.all(handles.map((handle) => handle.accepted))
  }
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
}

async function takeUp(
  directory: string,
  count: number,
): Promise<{ readonly firstMs: number; readonly allMs: number; readonly heapMb: number; readonly residentMb: number }> {
  const engine = createDurableEngine(createTypeScriptEngine(), directory, { durability: 'relaxed' })
  let ran = 0
  let firstMs = Number.NaN
  let heap = 0
  let resident = 0
  const before = anonymousBytes()
  const startedAt = performance.now()
  const started = engine.start()
  register(engine, () => {
    if (ran++ === 0) firstMs = performance.now() - startedAt
    if (ran % 1000 !== 0) return
    heap = Math.max(heap, process.memoryUsage().heapUsed)
    resident = Math.max(resident, anonymousBytes() - before)
  })
  await started
  await engine.drain()
  const allMs = performance.now() - startedAt
  verify('tasks run', ran, count)
  await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 })
  return { firstMs, allMs, heapMb: heap / 2 ** 20, residentMb: resident / 2 ** 20 }
}

/** Resident memory of this process that is no file's; NaN where the system does not tell. */
function anonymousBytes(): number {
  try {
    const [, kilobytes] = /^RssAnon:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return Number(kilobytes) * 1024
  } catch {
    return Number.NaN
  }
}

function register(engine: TaskEngine, handler: TaskHandler): ReturnType<typeof resolveTaskOptions> {
  const options = resolveTaskOptions({ keepResultMs: 0 })
  engine.register({ name, handler, options })
  return options
}
