// Marks this thread or process as one that runs tasks for another: engines made here register bodies and start nothing.
export function becomeIsolate(): void {
  ;(globalThis as { [key]?: boolean })[key] = true
}

const key = Symbol.for('@catzilla/engine/isolate')
