// Workflows for tests: one of every shape, one that fails and is undone, and large ones.
import { workflow } from '@catzilla/workflow'
import type { WorkflowBuilder } from '@catzilla/workflow'
import type { Stand } from './stand.ts'

export function defineFlows({ tasks, runs, gate }: Pick<Stand, 'tasks' | 'runs' | 'gate'>) {
  let broken = true
  const read = tasks.task({ name: 'order.read' }, (id: number) => ({ id, parts: ['wheel', 'frame', 'bell', 'saddle'] }))
  const reserve = tasks.task({ name: 'part.reserve', maxRetries: 0, timeoutMs: 600_000 }, async (part: string) => {
    if (part === 'saddle') await gate
    if (part === 'bell' && broken) throw new Error('no bell is left in the store')
    return `reserved ${part}`
  })
  const release = tasks.task({ name: 'part.release' }, () => undefined)
  const price = tasks.task(
    { name: 'order.price' },
    ({ parts }: { readonly parts: readonly string[] }) => parts.length * 99,
  )
  const charge = tasks.task(
    { name: 'order.charge', timeoutMs: 600_000 },
    async (sum: number, reserved: readonly (string | undefined)[]) => {
      await gate
      return `${sum} for ${reserved.length}`
    },
  )
  const tell = tasks.task({ name: 'customer.tell' }, (text: string) => text.length)
  const count = tasks.task({ name: 'count.on' }, (n: number) => n + 1)
  const build = (isStrict: boolean) => (w: WorkflowBuilder, input: { readonly id: number }) => {
    const order = w.step(read, [input.id], { id: 'read the order' })
    const reserved = w.map(order.get('parts'), reserve, {
      id: 'reserve its parts',
      compensate: release,
      failure: isStrict ? 'failFast' : 'ignore',
    })
    const sum = w.step(price, [order], { id: 'work out the price' })
    const paid = w.step(charge, [sum, reserved], { id: 'charge the card' })
    const told = w.step(tell, [paid], { id: 'tell the customer' })
    return w.compute([paid, sum, told], (text, euros) => `${text}: ${euros}`, { id: 'sum up' })
  }
  return {
    order: workflow('order', build(false), { runs }),
    /** Its list has an element that fails until `repaired`. */
    strict: workflow('strict order', build(true), { runs }),
    repaired: () => void (broken = false),
    /** Steps one behind the other. */
    chain: (length: number) =>
      workflow(
        `chain of ${length}`,
        (w) => {
          let last = w.step(count, [0], { id: 'step 0' })
          for (let n = 1; n < length; n++) last = w.step(count, [last], { id: `step ${n}` })
          return last
        },
        { runs },
      ),
    /** Steps side by side, between two. */
    fan: (width: number) =>
      workflow(
        `fan of ${width}`,
        (w) => {
          const first = w.step(count, [0], { id: 'first' })
          const all = Array.from({ length: width }, (_, n) => w.step(count, [first], { id: `side ${n}` }))
          return w.all(all, { id: 'all' })
        },
        { runs },
      ),
  }
}
