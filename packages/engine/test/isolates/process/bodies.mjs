// A module whose functions run in child processes.
const loadedIn = process.pid
const kept = Buffer.alloc(60 * 1024 * 1024, 1)

export function whereLoaded() {
  return [loadedIn === process.pid, kept.length]
}
