// A run of a compiled body that C has given up: JavaScript does it now, as the same attempt.
import { toError } from '../contract/errors.ts'
import type { RunState } from '../typescript/run-state.ts'
import type { TaskRecord } from '../typescript/task-record.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'

/** Compiled bodies are synchronous and look at nothing but their arguments: they need no context, and end here. */
export function runInJavaScript({ walk, settlement }: WalkParts, record: TaskRecord, run: RunState): void {
  const { call, handler, options } = record.plan
  call.kernel?.program?.bailed(1)
  let value: unknown
  try {
    value = handler(...(record.args as never[]))
  } catch (thrown) {
    return settlement.failed(record, run, toError(thrown), walk.clock.now())
  }
  const now = walk.clock.now()
  if (now - run.startedAt > options.timeoutMs) settlement.timedOut(record, run, now)
  else settlement.succeeded(record, run, value, now)
}
