// Schedules: tasks that come again, by an interval or by a cron pattern in a time zone.
import { createTasks } from '@catzilla/api'
import { once } from 'node:events'

const tasks = createTasks()
const beats = new EventTarget()
let count = 0
const beat = tasks.task({ name: 'beat' }, () => {
  // on a busy machine another slot may have come before the schedule was ended
  if (count === 3) return
  console.log(`beat ${++count}`)
  if (count === 3) beats.dispatchEvent(new Event('enough'))
})

tasks.schedule('heart', { everyMs: 20, misfire: 'skip' }, beat, [])
await once(beats, 'enough')
console.log('ended:', tasks.unschedule('heart'))

const digest = tasks.task({ name: 'digest' }, (list: string) => `digest of ${list}`)
const morning = tasks.schedule('morning', { cron: '0 7 * * *', timeZone: 'Europe/Stockholm' }, digest, ['news'])
const { id, taskName, nextRunAt } = morning.info
const hour = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Europe/Stockholm' }).format(
  nextRunAt ?? 0,
)
console.log(`${id}: ${taskName} at ${hour} in Stockholm`)

await tasks.shutdown()

// It prints:
// beat 1
// beat 2
// beat 3
// ended: true
// morning: digest at 07:00 in Stockholm
