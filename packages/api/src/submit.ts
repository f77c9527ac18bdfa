// One task on its way into the engine.
import { checkArguments } from './schema.ts'
import type { TaskParts } from './task.ts'
import { TaskResult } from './task-result.ts'

/** Submits one task. @throws as `Task.delay` */
export function submit<R>({ home, call, input }: TaskParts, args: readonly unknown[]): TaskResult<R> {
  const checked = input === undefined ? args : checkArguments(call.name, input, args)
  return new TaskResult<R>(home.engine.submit(call, checked) as never, home.clock)
}
