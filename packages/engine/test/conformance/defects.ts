// Engines with one deliberate defect each, to prove that the suite would notice.
import { AsyncResource } from 'node:async_hooks'
import { createTypeScriptEngine } from '@catzilla/engine'
import type { EngineFactory } from '@catzilla/engine/conformance'
import type {
  EngineCapabilities,
  ResolvedTaskOptions,
  TaskCall,
  TaskEngine,
  TaskHandle,
  TaskHandler,
} from '@catzilla/engine'

/** An engine as a plain object, whose members can be replaced. */
export function opened(engine: TaskEngine): TaskEngine {
  return {
    name: engine.name,
    capabilities: engine.capabilities,
    start: () => engine.start(),
    register: (definition) => engine.register(definition),
    submit: (call, args) => engine.submit(call, args),
    submitMany: (call, argsList) => engine.submitMany(call, argsList),
    room: () => engine.room(),
    cancel: (taskId, reason) => engine.cancel(taskId, reason),
    retry: (taskId) => engine.retry(taskId),
    find: (taskId) => engine.find(taskId),
    list: (query) => engine.list(query),
    pause: (name) => engine.pause(name),
    resume: (name) => engine.resume(name),
    scale: (target) => engine.scale(target),
    drain: () => engine.drain(),
    snapshot: () => engine.snapshot(),
    subscribe: (types, listener) => engine.subscribe(types, listener),
    stop: (options) => engine.stop(options),
  }
}

/** The TypeScript engine with what `change` makes of it. */
export function changed(change: (engine: TaskEngine) => Partial<TaskEngine>): EngineFactory {
  return (options) => {
    const engine = opened(createTypeScriptEngine(options))
    return { ...engine, ...change(engine) }
  }
}

/** The TypeScript engine that reads other options than it was given. */
function misreading(change: (options: ResolvedTaskOptions) => Partial<ResolvedTaskOptions>): EngineFactory {
  const misread = <T extends { readonly options: ResolvedTaskOptions }>(given: T): T => ({
    ...given,
    options: { ...given.options, ...change(given.options) },
  })
  return changed((engine) => ({
    register: (definition) => engine.register(misread(definition)),
    submit: (call, args) => engine.submit(misread(call), args),
    submitMany: (call, argsList) => engine.submitMany(misread(call), argsList),
  }))
}

/** The TypeScript engine that calls other bodies than it was given; `wrap` sees the arguments as they were handed over. */
function rewrapping(wrap: (body: TaskHandler, args: readonly unknown[]) => TaskHandler): EngineFactory {
  return changed((engine) => {
    const bodies = new Map<string, TaskHandler>()
    const rewrapped = (call: TaskCall, args: readonly unknown[]): TaskCall => {
      const body = call.handler ?? bodies.get(call.name)
      return body === undefined ? call : { ...call, handler: wrap(body, args) }
    }
    return {
      register: (definition) => {
        bodies.set(definition.name, definition.handler)
        engine.register(definition)
      },
      submit: (call, args) => engine.submit(rewrapped(call, args), args),
    }
  })
}

/** The TypeScript engine whose handles behave otherwise. */
function mishandling(change: (handle: TaskHandle) => Partial<TaskHandle>): EngineFactory {
  return changed((engine) => ({
    submit: (call, args) => {
      const handle = engine.submit(call, args)
      return {
        taskId: handle.taskId,
        name: handle.name,
        get status() {
          return handle.status
        },
        accepted: handle.accepted,
        get outcome() {
          return handle.outcome
        },
        wait: () => handle.wait(),
        onSettled: (listener) => handle.onSettled(listener),
        stats: () => handle.stats(),
        cancel: (reason) => handle.cancel(reason),
        ...change(handle),
      }
    },
  }))
}

function claiming(claims: Partial<EngineCapabilities>): EngineFactory {
  return changed((engine) => ({ capabilities: { ...engine.capabilities, ...claims } }))
}

/** Bodies are taken from a pile: the latest submission is the first to be done. */
function lastInFirstOut(): EngineFactory {
  return (options) => {
    const pile: (() => unknown)[] = []
    return rewrapping((body, args) => {
      pile.push(() => body(...(args as never[])))
      return () => pile.pop()?.()
    })(options)
  }
}

/** Each defect with the factory that has it and cases that must fail because of it. */
export const defects: Readonly<Record<string, { readonly factory: EngineFactory; readonly fails: readonly string[] }>> =
  {
    'starts the last task first': {
      factory: lastInFirstOut(),
      fails: ['inside a class the first in is the first out'],
    },
    'knows only one class': {
      factory: misreading(() => ({ priority: 2 })),
      fails: ['all four classes start in their order', 'a more urgent task that comes later starts earlier'],
    },
    'starts delayed tasks early': {
      factory: misreading(({ delayMs }) => ({ delayMs: delayMs * 0.5 })),
      fails: ['a delayed task does not start early', 'a delayed task starts at its moment, and not a fraction before'],
    },
    'cuts long delays at 32 bits': {
      factory: misreading(({ delayMs }) => ({ delayMs: delayMs > 2 ** 31 - 1 ? 1 : delayMs })),
      fails: ['a delay beyond 2^31 ms is kept', 'a delay beyond 2^31 ms does not come due at once'],
    },
    'loses failures': {
      factory: rewrapping((body) => async (...args: never[]) => {
        try {
          return await body(...args)
        } catch {
          return undefined
        }
      }),
      fails: ['what a synchronous body throws rejects the result, with all its fields'],
    },
    'only says that it cancels': {
      factory: mishandling(() => ({ cancel: () => true })),
      fails: ['a waiting task is cancelled with the reason in its message, and never runs'],
    },
    'always retries three times': {
      factory: misreading(() => ({ maxRetries: 3 })),
      fails: ['with maxRetries 0 a failing body runs once'],
    },
    'doubles each pause whatever was asked for': {
      factory: misreading(() => ({ retryBackoff: 'exponential' })),
      fails: ["'fixed' pauses the same each time", "'linear' grows by the first pause", "'none' does not pause"],
    },
    'tells listeners twice': {
      factory: mishandling((handle) => ({
        onSettled: (listener) => {
          handle.onSettled(listener)
          handle.onSettled(listener)
        },
      })),
      fails: ['a listener is called once, in a later microtask', 'a body gets the arguments in their order'],
    },
    'tells late listeners at once': {
      factory: mishandling((handle) => ({
        onSettled: (listener) => (handle.outcome === undefined ? handle.onSettled(listener) : listener(handle.outcome)),
      })),
      fails: ['a listener that comes after the end is called once too, and not at once'],
    },
    'has no bound': {
      factory: (options) => createTypeScriptEngine({ ...options, queueSize: 1_000_000 }),
      fails: ['a full queue refuses the next task, naming the bound and what to do', 'scheduled tasks count'],
    },
    'knows no time limit': {
      factory: misreading(() => ({ timeoutMs: Infinity })),
      fails: ['an attempt that runs too long fails with the limit in its message'],
    },
    'never expires': {
      factory: misreading(() => ({ expireAfterMs: undefined })),
      fails: ['expiry is exact and counted from the submission, delays included'],
    },
    'does not listen to signals': {
      factory: misreading(() => ({ signal: undefined })),
      fails: ['a task whose signal aborted before is cancelled and never runs'],
    },
    'does not look at unique keys': {
      factory: misreading(() => ({ uniqueKey: undefined })),
      fails: ["'existing' gives the task that has the key, and takes no second one"],
    },
    'knows no limits': {
      factory: misreading(() => ({ concurrency: undefined, limits: undefined })),
      fails: [
        'concurrency limits how many of a name run at once, and allows so many',
        'at most max start in a window, and the next at the moment when it opens',
        'a key computed from the arguments has limits of its own',
      ],
    },
    'measures rates over half the time': {
      factory: misreading(({ limits }) => ({
        limits:
          limits?.rate === undefined ? limits : { ...limits, rate: { ...limits.rate, perMs: limits.rate.perMs / 2 } },
      })),
      fails: ['the window slides: no span of perMs has more than max starts'],
    },
    'shares arguments with the caller': {
      factory: rewrapping((body, args) => () => body(...(args as never[]))),
      fails: ['what the caller changes after submitting is not seen by the body'],
    },
    'runs bodies in the context of their submitter': {
      factory: rewrapping((body) => AsyncResource.bind((...args: unknown[]) => body(...(args as never[])))),
      fails: [
        'the async context of whoever submits does not leak into the body',
        'a body sees its own id, name and attempt',
      ],
    },
    'takes batches one by one': {
      factory: changed((engine) => ({ submitMany: (call, list) => list.map((args) => engine.submit(call, args)) })),
      fails: ['a batch that does not fit whole is refused whole'],
    },
    'does not pause': {
      factory: changed(() => ({ pause: async () => {} })),
      fails: ['a paused engine takes tasks and starts none, until it is resumed'],
    },
    'loses count of tasks while they run': {
      factory: changed((engine) => ({ snapshot: () => ({ ...engine.snapshot(), runningTasks: 0 }) })),
      fails: [
        'every task is in one place: waiting, running or ended',
        'figures add up at any instant while four submit at once, however tasks end',
      ],
    },
    'forgets what it abandons': {
      factory: changed((engine) => ({ stop: async (options) => ({ ...(await engine.stop(options)), abandoned: [] }) })),
      fails: ['stop without waiting abandons what runs'],
    },
    'does not stop': {
      factory: changed(() => ({ stop: async () => ({ completed: 0, cancelled: 0, requeued: 0, abandoned: [] }) })),
      fails: [
        'room comes when a waiting task is cancelled',
        'waiting for completion runs what is queued and what comes due in time',
      ],
    },
    'claims a lane that it does not have': {
      factory: claiming({ nativeLane: true }),
      fails: ['nativeLane: tasks run on the native lane, or are refused at registration or submission'],
    },
    'does what it says it cannot': {
      factory: claiming({ scalesInline: false, adHocTasks: false, resultsByReference: false }),
      fails: [
        'scalesInline: slots can be changed, or it is refused',
        'adHocTasks: a handler may come with the call, or is refused',
        'resultsByReference: the result is the very object, or an equal copy',
      ],
    },
    'has errors that say nothing': {
      factory: changed((engine) => ({
        submit: (call, args) => {
          try {
            return engine.submit(call, args)
          } catch (thrown) {
            if (thrown instanceof Error) thrown.message = 'no'
            throw thrown
          }
        },
      })),
      fails: [
        'an unknown name is refused and named',
        'a full queue refuses the next task, naming the bound and what to do',
      ],
    },
  }
