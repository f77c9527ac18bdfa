// A lane that is asked for by name is where the body runs, and nowhere else.
import type { TaskOptions } from '@catzilla/engine'

/** The options, without compiling where another lane than the native one is asked for and nothing is said of compiling. */
export function pinnedToLane(asked: TaskOptions | undefined): TaskOptions | undefined {
  const { lane, compile } = asked ?? {}
  return lane === undefined || lane === 'native' || compile !== undefined ? asked : { ...asked, compile: false }
}
