// Marks this thread or process as one that runs tasks for another: engines made here register bodies and start nothing.
export class Registrar {}

export function becomeIsolate(): Registrar {
  return ((globalThis as { [key]?: Registrar })[key] ??= new Registrar())
}

const key = Symbol.for('@catzilla/engine/isolate')
