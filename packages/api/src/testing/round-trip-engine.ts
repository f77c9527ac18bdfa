// An engine whose results, like the arguments of every engine, are copied as a thread or process boundary copies them,
// so that a test fails here on what would fail there.
import type { TaskCall, TaskDefinition, TaskEngine, TaskHandle, TaskHandler } from '@catzilla/engine'
import { copyResult } from '@catzilla/engine/testing'
import { isThenable } from '../schema.ts'

/**
 * `engine`, with every body's result copied on its way out.
 * @param submitted told of each task that the engine took
 */
export function roundTripEngine(
  engine: TaskEngine,
  submitted: (handle: TaskHandle, call: TaskCall) => void,
): TaskEngine {
  const copying = new WeakMap<TaskHandler, TaskHandler>()
  const calls = new WeakMap<TaskCall, TaskCall>()

  const copyingBody = (name: string, body: TaskHandler): TaskHandler => {
    const known = copying.get(body) ?? resultCopied(name, body)
    copying.set(body, known)
    return known
  }
  const copyingCall = (call: TaskCall): TaskCall => {
    if (call.handler === undefined) return call
    const known = calls.get(call) ?? { ...call, handler: copyingBody(call.name, call.handler) }
    calls.set(call, known)
    return known
  }
  const overrides: Partial<TaskEngine> = {
    register: (definition: TaskDefinition) =>
      engine.register({ ...definition, handler: copyingBody(definition.name, definition.handler) }),
    submit: (call, args) => {
      const handle = engine.submit(copyingCall(call), args)
      submitted(handle, call)
      return handle
    },
    submitMany: (call, argsList) => {
      const handles = engine.submitMany(copyingCall(call), argsList)
      for (const handle of handles) submitted(handle, call)
      return handles
    },
  }
  return new Proxy(engine, {
    get(target, key: keyof TaskEngine) {
      const member = overrides[key] ?? target[key]
      return typeof member === 'function' && !(key in overrides) ? member.bind(target) : member
    },
  })
}

function resultCopied(name: string, body: TaskHandler): TaskHandler {
  return (...args) => {
    const value = body(...args)
    return isThenable(value)
      ? Promise.resolve(value).then((later: unknown) => copyResult(later, name))
      : copyResult(value, name)
  }
}
