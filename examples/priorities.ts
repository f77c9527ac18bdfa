// Priorities: what is urgent overtakes what waits. Within a class the order is that of submission.
import { createTasks, TaskPriority } from '@catzilla/api'

const tasks = createTasks({ inlineConcurrency: 1 })
const order: string[] = []
const note = tasks.task({ name: 'note' }, (what: string) => {
  order.push(what)
})

await tasks.pause()
const submitted = [
  note.with({ priority: 'low' }).delay('tidy up'),
  note.delay('newsletter to Ada'),
  note.delay('newsletter to Grace'),
  note.with({ priority: TaskPriority.HIGH }).delay('password reset'),
  note.with({ priority: 'critical' }).delay('fire alarm'),
]
const { criticalQueueSize, highQueueSize, normalQueueSize, lowQueueSize } = tasks.getStats()
console.log('waiting:', criticalQueueSize, highQueueSize, normalQueueSize, lowQueueSize)

await tasks.resume()
await Promise.all(submitted.map((result) => result.wait()))
console.log(order.join('\n'))

await tasks.shutdown()

// It prints:
// waiting: 1 1 2 1
// fire alarm
// password reset
// newsletter to Ada
// newsletter to Grace
// tidy up
