// The result of a compiled body, out of what C has given.
import type { ProgramKernel } from '../contract/task.ts'
import { toError } from '../contract/errors.ts'

/** Of a run that counts: what it has written to the console is written now. */
export function resultOf(program: ProgramKernel | null | undefined, given: unknown): unknown {
  if (program === null || program === undefined) return given
  if (program.effects !== null) doSafely(program.effects, given)
  return program.decode === null ? given : program.decode(given)
}

/** A console that throws is the user's own: the run is over, and its result stands. */
function doSafely(effects: (given: unknown) => void, given: unknown): void {
  try {
    effects(given)
  } catch (thrown) {
    process.emitWarning(`the console of a compiled task has thrown: ${toError(thrown).message}`, {
      code: 'CATZILLA_CONSOLE',
    })
  }
}
