// Errors of attempts that ran in C, as the contract wants them.
import type { NativeError } from '@catzilla/core-c'
import { MemoryLimitError, PayloadError } from '../contract/errors.ts'
import { timeoutError } from '../typescript/settlement.ts'
import type { Plan } from '../typescript/plan.ts'

/** The error with which an attempt ended. */
export function attemptError(found: NativeError, task: { readonly name: string; readonly plan: Plan }): Error {
  const where = `task '${task.name}'`
  switch (found.status) {
    case 'RAN_TOO_LONG':
      return timeoutError(task)
    case 'MEMORY_LIMIT':
      return new MemoryLimitError(
        `${where} wanted more memory than its memoryLimitMb of ${task.plan.options.memoryLimitMb} MiB; raise it or work on smaller pieces`,
      )
    case 'POOL_LIMIT':
    case 'OUT_OF_MEMORY':
      return new MemoryLimitError(
        `${where} wanted more memory than is left of the engine's memoryPoolMb; raise it or run fewer tasks at once`,
      )
    case 'BAD_ARGUMENT':
      return new PayloadError(`${where}: ${found.message}`)
    default:
      return kernelError(found)
  }
}

/** What the kernel itself said: an Error of the name, message and code that it gave. */
function kernelError({ name, code, message }: NativeError): Error {
  const error = new Error(message)
  const hidden = { enumerable: false, configurable: true, writable: true }
  if (name !== '' && name !== 'Error') Object.defineProperty(error, 'name', { value: name, ...hidden })
  // there is nothing of this thread to show: the failure came from a kernel
  Object.defineProperty(error, 'stack', { value: `${error.name}: ${message}`, ...hidden })
  if (code !== '')
    Object.defineProperty(error, 'code', { value: code, enumerable: true, configurable: true, writable: true })
  return error
}
