// A saga: steps that are undone when a later one fails, the latest first.
import { createTasks, NonRetryableError } from '@catzilla/api'
import { workflow } from '@catzilla/workflow'

const tasks = createTasks()

const reserve = tasks.task({ name: 'reserve' }, (item: string) => {
  console.log(`reserved ${item}`)
  return { item, reservation: 7 }
})
const release = tasks.task({ name: 'release' }, ({ reservation }: { reservation: number }) => {
  console.log(`released reservation ${reservation}`)
})
const charge = tasks.task({ name: 'charge' }, (cents: number) => {
  console.log(`charged ${cents}`)
  return { payment: 42, cents }
})
const refund = tasks.task({ name: 'refund' }, ({ payment }: { payment: number }) => {
  console.log(`refunded payment ${payment}`)
})
const ship = tasks.task({ name: 'ship' }, (item: string): string => {
  throw new NonRetryableError(`no courier takes ${item}`)
})

const order = workflow('order', (w, input: { item: string; cents: number }) => {
  const reserved = w.step(reserve, [input.item], { compensate: release })
  const charged = w.step(charge, [input.cents], { compensate: refund, after: [reserved] })
  return w.step(ship, [input.item], { after: [charged] })
})

const run = order.execute({ item: 'a piano', cents: 99_000 })
await run.wait().catch((error: Error) => console.log(`${error.name}: ${error.message}`))
console.log(run.status)

await tasks.shutdown()

// It prints:
// reserved a piano
// charged 99000
// refunded payment 42
// released reservation 7
// WorkflowError: workflow 'order': step 'ship' failed: no courier takes a piano
// failed
