// What must compile and what must not: arguments, results and options are inferred.
// oxlint-disable vitest/expect-expect -- what must not compile is expected by @ts-expect-error
// oxlint-disable typescript/unbound-method -- a decorated method is a task, which needs no this
import { createTasks, taskOf } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import type { Task, TaskBatch, TaskFuture, TaskResult } from '@catzilla/api'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

const tasks = createTasks()
const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
const fetchLength = tasks.task({ name: 'length' }, async (url: string) => url.length)

test('arguments and results are inferred from the body', () => {
  expectTypeOf(add.delay(1, 2)).toEqualTypeOf<TaskResult<number>>()
  expectTypeOf(fetchLength.delay('x').wait()).toEqualTypeOf<Promise<number>>()
  expectTypeOf(add.enqueue(1, 2)).toEqualTypeOf<Promise<TaskResult<number>>>()
  expectTypeOf(add.batch([[1, 2]])).toEqualTypeOf<TaskBatch<number>>()
  expectTypeOf(add.delay(1, 2).future()).toEqualTypeOf<TaskFuture<number>>()
  expectTypeOf(add.with({ priority: 'critical' }).delay(1, 2)).toEqualTypeOf<TaskResult<number>>()
})

test('a direct call gives what the body gives', () => {
  expectTypeOf(add(1, 2)).toEqualTypeOf<number>()
  expectTypeOf(fetchLength('x')).toEqualTypeOf<Promise<number>>()
})

test('wrong arguments do not compile', () => {
  // @ts-expect-error a text is no number
  add.delay('1', 2)
  // @ts-expect-error one argument is missing
  add.delay(1)
  // @ts-expect-error there is no third argument
  add.delay(1, 2, 3)
  // @ts-expect-error a list in the batch is too short
  add.batch([[1]])
  // @ts-expect-error enqueue checks as delay does
  void add.enqueue('1', 2)
})

test('a wrong use of the result does not compile', () => {
  const sum = add.delay(1, 2).wait()
  // @ts-expect-error the result is a number
  void sum.then((value) => value.toUpperCase())
  // @ts-expect-error the callback gets an outcome with a number
  add.delay(1, 2).addCallback((outcome) => outcome.status === 'completed' && outcome.value.length)
})

test('wrong options do not compile', () => {
  // @ts-expect-error there is no such class
  add.with({ priority: 'urgent' })
  // @ts-expect-error durations are numbers
  add.with({ delayMs: '5s' })
  // @ts-expect-error a misspelt option
  add.with({ maxRetry: 3 })
  // @ts-expect-error a name is given at definition
  add.with({ name: 'other' })
  // @ts-expect-error so are captures
  add.with({ captures: { rate: 1 } })
  // @ts-expect-error there is no such type of an argument
  tasks.task({ name: 'x', signature: ['bigint'] }, (a: bigint) => a)
  // @ts-expect-error onSuccess gets the result
  add.with({ onSuccess: (value: string) => value })
  // @ts-expect-error the key is computed from the task's arguments
  add.with({ limits: { concurrency: 1, key: (a: string) => a } })
  // @ts-expect-error there is no such engine option
  createTasks({ queuesize: 10 })
})

test('options see the types of the task', () => {
  add.with({ onSuccess: (value) => expectTypeOf(value).toEqualTypeOf<number>() })
  add.with({ limits: { concurrency: 1, key: (a, b) => String(a + b) } })
  tasks.task({ name: 'typed', onSuccess: (value: string) => value.length }, (id: number) => String(id))
})

test('addTask infers from a plain function', () => {
  const repeat = (text: string, times: number) => text.repeat(times)
  expectTypeOf(tasks.addTask(repeat, ['x', 2], { priority: 'low' })).toEqualTypeOf<TaskResult<string>>()
  expectTypeOf(tasks.addTask(() => 5)).toEqualTypeOf<TaskResult<number>>()
  // @ts-expect-error the arguments are the wrong way round
  tasks.addTask(repeat, [2, 'x'])
  // @ts-expect-error arguments are missing
  tasks.addTask(repeat)
})

test('one schema types the only argument', () => {
  const order = tasks.task(
    { name: 'order', input: z.object({ id: z.coerce.number(), note: z.string().default('') }) },
    (input) => {
      expectTypeOf(input).toEqualTypeOf<{ id: number; note: string }>()
      return input.id
    },
  )
  expectTypeOf(order.delay({ id: 1 })).toEqualTypeOf<TaskResult<number>>()
  // @ts-expect-error the field is missing
  order.delay({ note: 'x' })
})

test('a list of schemas types each argument', () => {
  const send = tasks.task({ name: 'send', input: [v.string(), v.number()] }, (to, times) => {
    expectTypeOf(to).toEqualTypeOf<string>()
    expectTypeOf(times).toEqualTypeOf<number>()
    return to.repeat(times)
  })
  send.delay('a', 2)
  // @ts-expect-error the second argument is a number
  send.delay('a', 'b')
})

test('an output schema types the result', () => {
  const parse = tasks.task(
    { name: 'parse', output: z.string().transform((text) => text.length) },
    (text: string) => text,
  )
  expectTypeOf(parse.delay('x')).toEqualTypeOf<TaskResult<number>>()
})

test('the last arguments may be left out where their schemas take undefined', () => {
  const send = tasks.task({ name: 'send.list', input: [z.string(), z.number().default(1)] }, (to, times) => {
    expectTypeOf(times).toEqualTypeOf<number>()
    return to.repeat(times)
  })
  expectTypeOf(send.delay('a')).toEqualTypeOf<TaskResult<string>>()
  const all = tasks.task({ name: 'all', input: v.optional(v.object({ limit: v.number() })) }, (query) => query?.limit)
  expectTypeOf(all.delay()).toEqualTypeOf<TaskResult<number | undefined>>()
  // @ts-expect-error the first one is needed
  send.delay()
})

test('a body may give what its output schema takes, which may be more than it gives', () => {
  const output = z.object({ id: z.coerce.number(), name: z.string() })
  const load = tasks.task({ name: 'load', output }, async (id: string) => ({ id, name: 'Ada' as const, extra: true }))
  expectTypeOf(load.delay('1')).toEqualTypeOf<TaskResult<{ id: number; name: string }>>()
  const both = tasks.task({ name: 'both', input: z.string(), output }, (id) => ({ id, name: id }))
  expectTypeOf(both.delay('1').wait()).toEqualTypeOf<Promise<{ id: number; name: string }>>()
  // @ts-expect-error the name is missing
  tasks.task({ name: 'less', output }, (id: string) => ({ id }))
})

test('mapArrays is for bodies of numbers', () => {
  expectTypeOf(add.mapArrays(new Float64Array(1), new Float64Array(1)).wait()).toEqualTypeOf<Promise<Float64Array>>()
  // @ts-expect-error the argument is a text
  fetchLength.mapArrays(new Float64Array(1))
  // @ts-expect-error one column for each argument
  add.mapArrays(new Float64Array(1))
})

test('a built-in kernel is typed by its name', () => {
  const crc32 = tasks.kernel('crc32', { priority: 'high' })
  expectTypeOf(crc32).toEqualTypeOf<Task<[bytes: Uint8Array], number, number>>()
  expectTypeOf(crc32(new Uint8Array(1))).toEqualTypeOf<number>()
  expectTypeOf(crc32.delay(new Uint8Array(1)).wait()).toEqualTypeOf<Promise<number>>()
  expectTypeOf(crc32.delay(new Uint8Array(1)).waitSync(5)).toEqualTypeOf<number>()
  expectTypeOf(tasks.kernel('scale').batch([[new Float64Array(1), 2]])).toEqualTypeOf<TaskBatch<Float64Array>>()
  expectTypeOf(tasks.kernel('stats').delay(new Float64Array(1)).wait()).resolves.toHaveProperty('stddev')
  expectTypeOf(tasks.kernel('add').mapArrays(new Float64Array(1), new Int8Array(1)).wait()).toEqualTypeOf<
    Promise<Float64Array>
  >()
  tasks.kernel('add', { onSuccess: (sum) => expectTypeOf(sum).toEqualTypeOf<number>() })
  tasks.kernel('bytes-of', { limits: { concurrency: 1, key: (text) => text.slice(0, 1) } })
})

test('a wrong use of a built-in kernel does not compile', () => {
  // @ts-expect-error there is no such kernel
  tasks.kernel('md5')
  // @ts-expect-error it takes bytes
  tasks.kernel('crc32').delay('text')
  // @ts-expect-error it takes two numbers
  tasks.kernel('add').delay(1)
  // @ts-expect-error mapArrays is for kernels of numbers
  tasks.kernel('crc32').mapArrays(new Float64Array(1))
  // @ts-expect-error its result is typed by its signature
  tasks.kernel('add', { output: z.number() })
})

test('the kernel of a library is typed by the signature that is given', () => {
  const library = './example_kernels.so'
  const distance = tasks.kernel<(a: number, b: number) => number>('example.distance', { library })
  expectTypeOf(distance).toEqualTypeOf<Task<[a: number, b: number], number, number>>()
  expectTypeOf(distance.mapArrays).toBeFunction()
  // @ts-expect-error both arguments are needed
  distance.delay(1)
  // @ts-expect-error a kernel that does not come with the engine has a library
  tasks.kernel<(a: number) => number>('example.distance')
  const unknown = tasks.kernel('example.other', { library: new URL('file:///x.so') })
  expectTypeOf(unknown.delay('anything', 1)).toEqualTypeOf<TaskResult<unknown>>()
})

test('a decorated static method keeps its signature, and taskOf makes it a task', () => {
  // oxlint-disable-next-line typescript/no-extraneous-class -- only static methods can be tasks
  class Mailer {
    @tasks.taskMethod({ priority: 'high' })
    static send(to: string): number {
      return to.length
    }
  }
  expectTypeOf(Mailer.send('x')).toEqualTypeOf<number>()
  expectTypeOf(taskOf(Mailer.send)).toExtend<Task<[string], number, number>>()
  // @ts-expect-error the argument is a text
  taskOf(Mailer.send).delay(1)
})

test('futures chain types', () => {
  expectTypeOf(add.delay(1, 2).future().then(String)).toEqualTypeOf<TaskFuture<string>>()
  expectTypeOf(
    add
      .delay(1, 2)
      .future()
      .catch(() => null),
  ).toEqualTypeOf<TaskFuture<number | null>>()
})

test('schedules take the arguments of their task', () => {
  tasks.schedule('ok', { everyMs: 1000 }, add, [1, 2])
  // @ts-expect-error one argument is missing
  tasks.schedule('wrong', { everyMs: 1000 }, add, [1])
})

test('the testing door takes tasks of every type', () => {
  const forTests = createTestTasks()
  expectTypeOf(forTests.assertEnqueued(add, [1, 2])).toEqualTypeOf<Promise<void>>()
  expectTypeOf(forTests.assertEnqueued(fetchLength)).toEqualTypeOf<Promise<void>>()
  expectTypeOf(forTests.enqueued(add)).toExtend<Promise<readonly { readonly args: readonly unknown[] }[]>>()
  // @ts-expect-error the arguments are not those of the task
  void forTests.assertEnqueued(add, ['1', 2])
})
