// What becomes of a run when a step fails: the policies, fallbacks, and compensation in reverse order.
import { TaskCancelledError, TaskTimeoutError, WorkflowError } from '@catzilla/api'
import type { BackgroundTasks } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { Gate } from '@catzilla/test-kit/gate'
import { workflow } from '@catzilla/workflow'
import { beforeEach, describe, expect, test } from 'vitest'
import { describeOnEachEngine } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

async function failureOf(waiting: Promise<unknown>): Promise<WorkflowError> {
  return waiting.then(
    (value) => {
      throw new Error(`it gave ${String(value)}`)
    },
    (thrown: unknown) => thrown as WorkflowError,
  )
}

describeOnEachEngine((engine) => {
  let tasks: BackgroundTasks
  beforeEach(() => {
    tasks = tasksForTest({ engine })
  })

  const okTask = () => tasks.task({ name: 'ok' }, (value: number) => value)
  const failTask = () =>
    tasks.task({ name: 'fail' }, (text: string): number => {
      throw new RangeError(text)
    })

  test('failFast: running siblings are called off, and the error names the step and keeps its cause', async () => {
    const never = new Gate<number>()
    const aborted = new Gate()
    const hang = tasks.task({ name: 'hang' }, () => never.opened)
    const [ok, fail] = [okTask(), failTask()]
    const quick = workflow('quick', (w) => {
      const hanging = w.step(hang, [])
      return w.all([w.step(ok, [hanging]), w.step(fail, ['broken'], { id: 'the bad one' })])
    })
    tasks.on('cancelled', ({ name }) => name === 'hang' && aborted.open())
    const run = quick.execute()
    const error = await failureOf(run.wait())
    expect(error).toBeInstanceOf(WorkflowError)
    expect(error).toMatchObject({
      code: 'ERR_CATZILLA_WORKFLOW',
      workflow: 'quick',
      step: 'the bad one',
      runId: run.runId,
    })
    expect(error.message).toBe("workflow 'quick': step 'the bad one' failed: broken")
    expect(error.cause).toBeInstanceOf(RangeError)
    await aborted.opened
    expect(run.runStatus).toBe('failed')
    expect(Object.fromEntries(run.inspect().steps.map(({ id, status }) => [id, status]))).toEqual({
      hang: 'cancelled',
      ok: 'cancelled',
      'the bad one': 'failed',
      all: 'cancelled',
    })
    never.open(1)
  })

  test('collect: what does not need the failed step runs, and then the run fails', async () => {
    const [ok, fail] = [okTask(), failTask()]
    const collecting = workflow(
      'collecting',
      (w) => {
        const bad = w.step(fail, ['one'])
        w.step(ok, [bad], { id: 'behind' })
        w.step(ok, [w.step(ok, [1])], { id: 'beside' })
        w.step(fail, ['two'])
      },
      { failure: 'collect' },
    )
    const run = collecting.execute()
    const error = await failureOf(run.wait())
    expect(error.message).toBe("workflow 'collecting': step 'fail' failed: one; so did 'fail#2'")
    expect((error.cause as AggregateError).errors.map(({ message }: Error) => message)).toEqual(['one', 'two'])
    const statuses = Object.fromEntries(run.inspect().steps.map(({ id, status }) => [id, status]))
    expect(statuses).toMatchObject({ behind: 'blocked', beside: 'completed', fail: 'failed' })
  })

  test('ignore goes on with undefined, fallback with a value; of a step or of the whole run', async () => {
    const [ok, fail] = [okTask(), failTask()]
    const show = tasks.task({ name: 'show' }, (...values: unknown[]) => values)
    const lenient = workflow('lenient', (w) =>
      w.step(show, [w.step(fail, ['x'], { failure: 'ignore' }), w.step(fail, ['x'], { fallback: 7 }), w.step(ok, [1])]),
    )
    expect(await lenient.execute().wait()).toEqual([undefined, 7, 1])
    const whole = workflow('whole', (w) => w.step(show, [w.step(fail, ['x'])]), { failure: 'ignore' })
    expect(await whole.execute().wait()).toEqual([undefined])
  })

  test('items: failFast calls the others off, collect runs them, ignore and fallback fill the place', async () => {
    const odd = tasks.task({ name: 'odd' }, (value: number) => {
      if (value % 2 === 0) throw new Error(`${value} is even`)
      return value
    })
    const list = [1, 2, 3, 4, 5]
    const mapped = (name: string, options: object) => workflow(name, (w) => w.map(list, odd, options)).execute()
    const fast = mapped('fast', { concurrency: 1 })
    expect((await failureOf(fast.wait())).message).toBe("workflow 'fast': step 'odd' failed: 2 is even")
    expect(fast.inspect().steps[0]?.items).toEqual({ total: 5, running: 0, completed: 1, failed: 1 })
    const collected = mapped('collected', { failure: 'collect' })
    await failureOf(collected.wait())
    expect(collected.inspect().steps[0]?.items).toEqual({ total: 5, running: 0, completed: 3, failed: 2 })
    expect(await mapped('ignored', { failure: 'ignore' }).wait()).toEqual([1, undefined, 3, undefined, 5])
    expect(await mapped('filled', { fallback: 0 }).wait()).toEqual([1, 0, 3, 0, 5])
  })

  test('compensation: what completed is undone in reverse order, items one by one, with result and arguments', async () => {
    const undone: string[] = []
    const book = tasks.task({ name: 'book' }, (what: string, price: number) => `${what}@${price}`)
    const unbook = tasks.task({ name: 'unbook' }, (booking: string, what: string, price: number) => {
      undone.push(`${booking} ${what} ${price}`)
    })
    const reserve = tasks.task({ name: 'reserve' }, (seat: number) => {
      if (seat === 13) throw new Error('taken')
      return `seat ${seat}`
    })
    const release = tasks.task({ name: 'release' }, (reservation: string, seat: number) => {
      undone.push(`${reservation} ${seat}`)
    })
    const trip = workflow('trip', (w, input: { seats: number[] }) => {
      const flight = w.step(book, ['flight', 100], { compensate: unbook })
      const hotel = w.step(book, ['hotel', 50], { compensate: unbook, after: [flight] })
      return w.map(input.seats, reserve, { concurrency: 1, compensate: release, after: [hotel] })
    })
    const run = trip.execute({ seats: [1, 2, 13, 4] })
    const error = await failureOf(run.wait())
    expect(error.message).toBe("workflow 'trip': step 'reserve' failed: taken")
    expect(undone).toEqual(['seat 2 2', 'seat 1 1', 'hotel@50 hotel 50', 'flight@100 flight 100'])
    expect(run.inspect().steps.map(({ status }) => status)).toEqual(['compensated', 'compensated', 'failed'])
    undone.length = 0
    expect(await trip.execute({ seats: [1] }).wait()).toEqual(['seat 1'])
    expect(undone).toEqual([])
  })

  test('a compensation that fails is told of, and the others are done', async () => {
    const undone: number[] = []
    const [ok, fail] = [okTask(), failTask()]
    const undo = tasks.task({ name: 'undo' }, (value: number) => {
      if (value === 2) throw new Error('cannot')
      undone.push(value)
    })
    const saga = workflow('saga', (w) => {
      const one = w.step(ok, [1], { compensate: undo })
      const two = w.step(ok, [2], { compensate: undo, after: [one] })
      w.step(fail, ['late'], { after: [two] })
    })
    const error = await failureOf(saga.execute().wait())
    expect(error.message).toBe(
      "workflow 'saga': step 'fail' failed: late; and what was done was not wholly undone: 'ok#2' (cannot)",
    )
    expect(undone).toEqual([1])
  })

  test('a cancelled run is undone as well, and ends as cancelled', async () => {
    const begun = new Gate()
    const never = new Gate<number>()
    const undone: number[] = []
    const ok = okTask()
    const undo = tasks.task({ name: 'undo' }, (value: number) => void undone.push(value))
    const hang = tasks.task({ name: 'hang' }, () => {
      begun.open()
      return never.opened
    })
    const cancelled = workflow('cancelled', (w) => w.step(hang, [], { after: [w.step(ok, [5], { compensate: undo })] }))
    const run = cancelled.execute()
    await begun.opened
    expect(run.cancel('changed my mind')).toBe(true)
    expect(run.cancel('again')).toBe(false)
    const error = await failureOf(run.wait())
    expect(error).toBeInstanceOf(TaskCancelledError)
    expect(error.message).toContain('changed my mind')
    expect([run.status, run.runStatus]).toEqual(['cancelled', 'cancelled'])
    expect(undone).toEqual([5])
    never.open(1)
  })

  test('a signal cancels the run, also one that has aborted already', async () => {
    const never = new Gate<number>()
    const hang = tasks.task({ name: 'hang' }, () => never.opened)
    const hanging = workflow('hanging', (w) => w.step(hang, []))
    const controller = new AbortController()
    const run = hanging.execute(undefined, { signal: controller.signal })
    controller.abort(new Error('enough'))
    expect((await failureOf(run.wait())).message).toContain('enough')
    expect(await failureOf(hanging.execute(undefined, { signal: AbortSignal.abort() }).wait())).toBeInstanceOf(
      TaskCancelledError,
    )
    never.open(1)
  })

  test('a failure that nobody looks at is no unhandled rejection', async () => {
    const fail = failTask()
    const run = workflow('unseen', (w) => w.step(fail, ['x'])).execute()
    const ended = new Gate()
    run.addCallback(() => ended.open())
    await ended.opened
    expect(run.outcome?.status).toBe('failed')
  })

  test('what users compute may throw, and that is a failure of the step', async () => {
    const ok = okTask()
    const computed = workflow('computed', (w) =>
      w.compute([w.step(ok, [1])], (): number => {
        throw new TypeError('bad sum')
      }),
    )
    expect((await failureOf(computed.execute().wait())).message).toBe(
      "workflow 'computed': step 'compute' failed: bad sum",
    )
    const promised = workflow('promised', (w) => w.compute([w.step(ok, [1])], async () => 1))
    expect((await failureOf(promised.execute().wait())).message).toContain('gave a promise')
    const until = workflow('until', (w) =>
      w.loop(ok, 1, {
        until: () => {
          throw new Error('no answer')
        },
        maxRounds: 2,
      }),
    )
    expect((await failureOf(until.execute().wait())).message).toContain('no answer')
    const asked = workflow('asked', (w) => w.loop(ok, 1, { until: (async () => false) as never, maxRounds: 2 }))
    expect((await failureOf(asked.execute().wait())).message).toContain("until of loop 'ok' gave a promise")
    const listless = workflow('listless', (w, input: { list: number[] }) => w.map(input.list, ok))
    expect((await failureOf(listless.execute({ list: 5 as never }).wait())).message).toContain('maps over a list')
  })

  test('the failure of a workflow within is the cause of that around it', async () => {
    const fail = failTask()
    const inner = workflow('inner', (w, input: { text: string }) => w.step(fail, [input.text]))
    const outer = workflow('outer', (w) => w.step(inner, [{ text: 'deep' }]))
    const error = await failureOf(outer.execute().wait())
    expect(error.message).toBe("workflow 'outer': step 'inner' failed: workflow 'inner': step 'fail' failed: deep")
    expect((error.cause as Error).cause).toBeInstanceOf(RangeError)
  })
})

describe('the time limit of a run', () => {
  test('ends it as timedOut, compensation included, by the clock of its tasks', async () => {
    const tasks = createTestTasks()
    const undone: number[] = []
    const ok = tasks.task({ name: 'ok' }, (value: number) => value)
    const undo = tasks.task({ name: 'undo' }, (value: number) => void undone.push(value))
    const timed = workflow(
      'timed',
      (w) => {
        const first = w.step(ok, [1], { compensate: undo })
        return w.step(ok, [first], { delayMs: 60_000 })
      },
      { timeoutMs: 5000 },
    )
    const run = timed.execute()
    const failure = failureOf(run.wait())
    await tasks.advance(4999)
    expect(run.runStatus).toBe('running')
    await tasks.advance(1)
    await tasks.drain()
    const error = await failure
    expect(error).toBeInstanceOf(TaskTimeoutError)
    expect(error.message).toContain('timeoutMs of 5000 ms')
    expect([run.runStatus, run.status]).toEqual(['timedOut', 'failed'])
    expect(undone).toEqual([1])
    await tasks.shutdown()
  })
})
