// The monitor: figures in groups, health with its reasons, and text for Prometheus.
import { createTasks } from '@catzilla/api'
import { prometheusText } from '@catzilla/monitor'

const tasks = createTasks()
const resize = tasks.task({ name: 'resize', priority: 'high', maxRetries: 0 }, (width: number) => {
  if (width <= 0) throw new RangeError('nothing to see')
  return width / 2
})

await resize.batch([[640], [800], [0], [1024]]).outcomes()

const { errorMetrics, priorities, names } = tasks.monitor.getStats()
console.log('completed:', names['resize']?.completed, 'failed:', errorMetrics.failedTasks)
console.log('waits measured in the class high:', priorities.high.wait.count)
const { live, reasons } = tasks.monitor.health()
console.log('live:', live, 'and whatever is wrong is named:', Array.isArray(reasons))

const text = await prometheusText(tasks.monitor)
console.log(text.match(/^catzilla_tasks_finished_total.*failed.*$/m)?.[0])

await tasks.shutdown()

// It prints:
// completed: 3 failed: 1
// waits measured in the class high: 4
// live: true and whatever is wrong is named: true
// catzilla_tasks_finished_total{state="failed"} 1
