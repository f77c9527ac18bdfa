// Tasks that survive: an accepted task is on disk. The process that ends before it ran it leaves it to the next one.
import { createTasks } from '@catzilla/api'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = await mkdtemp(join(tmpdir(), 'catzilla-orders-'))

/** What each process of the application does when it starts. */
function startShop() {
  const tasks = createTasks({ durable: folder })
  const ship = tasks.task({ name: 'order.ship' }, (order: number) => {
    console.log(`shipped order ${order}`)
  })
  return { tasks, ship }
}

// the first takes orders, and ends before it has shipped any
const first = startShop()
await first.tasks.pause()
const results = await Promise.all([first.ship.enqueue(17), first.ship.enqueue(18)])
console.log(`accepted ${results.length} orders`)
const { requeued } = await first.tasks.shutdown({ waitForCompletion: false })
console.log(`${requeued} are kept on disk`)

// the next does what was left
const next = startShop()
await next.tasks.drain()
await next.tasks.shutdown()
await rm(folder, { recursive: true })

// It prints:
// accepted 2 orders
// 2 are kept on disk
// shipped order 17
// shipped order 18
