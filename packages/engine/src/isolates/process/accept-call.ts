// What the process lane has to say about a call before it takes a task for it.
import { UnsupportedByEngineError } from '../../contract/errors.ts'
import type { TaskCall } from '../../contract/task.ts'
import type { NamedTask, Plan } from '../../typescript/plan.ts'
import { refuseShared } from '../wire/process-payload.ts'
import type { CodeNumbers } from './code-numbers.ts'
import type { ProcessPool } from './process-pool.ts'

/**
 * Refuses what cannot run in a process, and prepares for what can.
 * @returns the check of its arguments
 * @throws TaskDefinitionError, UnsupportedByEngineError, EngineUnavailableError
 */
export function acceptCall(call: TaskCall, named: NamedTask, codes: CodeNumbers, pool: ProcessPool): Plan['check'] {
  const { name, options, columns } = call
  const body = call.handler ?? named.handler
  if (columns === true || options.compile === 'require' || body === undefined) {
    throw new UnsupportedByEngineError(
      `task '${name}': the process lane runs functions, not kernels; use lane: 'native' for a kernel, or compile: 'auto'`,
    )
  }
  codes.codeOf(call, body)
  pool.prepareFor(options.memoryLimitMb)
  return (args) => refuseShared(args, `task '${name}': args`)
}
