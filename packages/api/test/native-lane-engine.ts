// An engine for tests that says it has a native lane, and notes what it is given for it: the bodies run on the event loop
// of the TypeScript engine inside. What C really does is for the tests on the native engine.
import { createTypeScriptEngine } from '@catzilla/engine'
import type { TaskCall, TaskDefinition, TaskEngine, TaskHandler } from '@catzilla/engine'

export interface NativeLaneEngine {
  readonly engine: TaskEngine
  readonly registered: TaskDefinition[]
  readonly submitted: { readonly call: TaskCall; readonly args: readonly unknown[] }[]
}

/** @param libraries what stands for the kernels of libraries, by name */
export function nativeLaneEngine(libraries: Readonly<Record<string, TaskHandler>> = {}): NativeLaneEngine {
  const inside = createTypeScriptEngine()
  const registered: TaskDefinition[] = []
  const submitted: { call: TaskCall; args: readonly unknown[] }[] = []
  const inline = <T extends TaskDefinition | TaskCall>(work: T): T => {
    if (work.options.lane !== 'native') return work
    const handler = work.kernel?.library === undefined ? work.handler : libraries[work.kernel.name]
    return { ...work, handler, options: { ...work.options, lane: 'inline' } }
  }
  const overrides: Partial<TaskEngine> = {
    name: 'fake',
    capabilities: { ...inside.capabilities, nativeLane: true },
    register: (definition) => {
      registered.push(definition)
      inside.register(inline(definition))
    },
    submit: (call, args) => {
      submitted.push({ call, args })
      return inside.submit(inline(call), args)
    },
    submitMany: (call, argsList) => {
      for (const args of argsList) submitted.push({ call, args })
      return inside.submitMany(inline(call), argsList)
    },
  }
  const engine = new Proxy(inside, {
    get(target, key: keyof TaskEngine) {
      const member = overrides[key] ?? target[key]
      return typeof member === 'function' && !(key in overrides) ? member.bind(target) : member
    },
  })
  return { engine, registered, submitted }
}
