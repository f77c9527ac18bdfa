// A module whose functions run in child processes. It knows the package as programs do: built.
import { currentTask } from '../../../dist/index.js'

const loadedIn = process.pid
const kept = Buffer.alloc(60 * 1024 * 1024, 1)

export function whereLoaded() {
  return [loadedIn === process.pid, kept.length]
}

export async function whoAmI() {
  await new Promise((resolve) => setTimeout(resolve, 1))
  return currentTask()?.taskId
}
