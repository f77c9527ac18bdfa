// A module whose functions run in threads. It knows the package as programs do: built.
import { currentTask } from '../../../dist/index.js'

/** Ends when it is told to, and not before. */
export async function endsWhenAborted() {
  const { signal } = currentTask()
  const clock = setInterval(() => {}, 1000)
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  clearInterval(clock)
}

/** Throws in its first attempt, and never ends in any other. */
export function throwsThenLoops() {
  if (currentTask().attempt === 1) throw new Error('the first attempt')
  for (;;);
}
