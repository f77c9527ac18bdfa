// Columns of numbers, as `mapArrays` submits them, in tasks that a crash has left.
import { createNativeEngine, createTypeScriptEngine, resolveTaskOptions, rowByRow } from '@catzilla/engine'
import type { TaskCall, TaskEngine, TaskHandler } from '@catzilla/engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { durableOver } from '../src/create.ts'
import { MemoryDisk } from './memory-files.ts'
import { nativeMissing } from './native-core.ts'

const square = (n: number): number => n * n
const base = resolveTaskOptions({ maxRetries: 0 })

async function startOver(disk: MemoryDisk, engine: TaskEngine): Promise<TaskEngine> {
  const made = durableOver(engine, './data', {}, () => disk.open())
  onTestFinished(async () => void (await made.stop({ waitForCompletion: false, timeoutMs: 0 })))
  await made.start()
  return made
}

function define(engine: TaskEngine, lane: 'inline' | 'thread' | 'process'): TaskCall {
  const options = resolveTaskOptions({ lane }, base)
  engine.register({ name: 'square', handler: square, options })
  const isOff = lane !== 'inline'
  const handler: TaskHandler = isOff ? square : rowByRow('square', square)
  return Object.freeze({ name: 'square', options, handler, ...(isOff ? { rows: true as const } : {}) })
}

function shared(values: readonly number[]): Float64Array {
  const column = new Float64Array(new SharedArrayBuffer(8 * values.length))
  column.set(values)
  return column
}

const engines = [
  { name: 'typescript', make: (): TaskEngine => createTypeScriptEngine() },
  ...(nativeMissing === undefined ? [{ name: 'native', make: (): TaskEngine => createNativeEngine() }] : []),
]

describe.each(engines)('columns of a task on $name', ({ make }) => {
  it.each(['inline', 'thread', 'process'] as const)('run after a crash, row by row (%s)', async (lane) => {
    const disk = new MemoryDisk()
    const first = await startOver(disk, make())
    await first.pause()
    const whole = lane === 'thread' ? shared([1, 2, 3, 4]) : Float64Array.of(1, 2, 3, 4)
    // as chunks are: parts of one column
    const handles = first.submitMany(define(first, lane), [[whole.subarray(0, 3)], [whole.subarray(3)]])
    await Promise.all(handles.map((handle) => handle.accepted))

    const second = await startOver(disk.kill(), make())
    define(second, lane)
    await second.drain()
    const values = await Promise.all(
      handles.map(async ({ taskId }) => {
        const outcome = (await second.find(taskId))?.outcome
        return outcome?.status === 'completed' ? outcome.value : outcome?.error
      }),
    )
    expect(values).toEqual([Float64Array.of(1, 4, 9), Float64Array.of(16)])
  })

  it('run before one as well, and another body is refused with what to do', async () => {
    const engine = await startOver(new MemoryDisk(), make())
    const call = define(engine, 'inline')
    expect(await engine.submit(call, [Float64Array.of(3)]).wait()).toEqual(Float64Array.of(9))
    const checked = { ...call, handler: rowByRow('square', (n) => square(n)) }
    expect(() => engine.submit(checked, [Float64Array.of(3)])).toThrow(/check the rows in the body/)
    const required = { ...call, options: resolveTaskOptions({ compile: 'require' }, base) }
    expect(() => engine.columnsOf?.(required, 1, 1)).toThrow(/leave compile: 'require' out/)
  })
})
