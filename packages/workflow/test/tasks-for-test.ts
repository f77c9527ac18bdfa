// Background tasks on the real clock that are ended with the test.
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks, TasksOptions } from '@catzilla/api'
import { onTestFinished } from 'vitest'

/** `createTasks`, on the engine that this run of the tests is for, with no retries unless asked for; ended with the test. */
export function tasksForTest(options: TasksOptions = {}): BackgroundTasks {
  const tasks = createTasks({
    ...options,
    taskDefaults: { maxRetries: 0, ...options.taskDefaults },
  })
  onTestFinished(async () => {
    await tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })
  })
  return tasks
}
