// Leaves a mark in the thread that imports it.
globalThis.importedModules = (globalThis.importedModules ?? 0) + 1

export function importsSoFar() {
  return globalThis.importedModules
}
