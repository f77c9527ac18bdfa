// Named moments: what cases wait for instead of sleeping. A moment that never comes is named when its case gives up.
import type { EngineEvents, EngineEventType } from '../contract/events.ts'
import type { TaskEngine } from '../contract/task-engine.ts'
import type { TaskHandle, TaskOutcome } from '../contract/task.ts'

export class Moment<T = void> {
  readonly name: string
  readonly reached: Promise<T>
  isReached = false
  #resolve: (value: T) => void = () => {}
  #reject: (error: Error) => void = () => {}

  constructor(name: string) {
    this.name = name
    this.reached = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // a case may end before it looks at a moment that failed
    this.reached.catch(() => {})
  }

  /** An arrow, so that it can be handed over as a callback. */
  readonly reach = (value: T): void => {
    this.isReached = true
    this.#resolve(value)
  }

  readonly fail = (error: Error): void => {
    this.isReached = true
    this.#reject(error)
  }
}

/** The next event of `type` that `matches`, from the call on. */
export function nextEvent<K extends EngineEventType>(
  engine: TaskEngine,
  type: K,
  matches: (event: EngineEvents[K]) => boolean = () => true,
): Promise<EngineEvents[K]> {
  return new Promise((resolve) => {
    const unsubscribe = engine.subscribe([type], (event) => {
      if (!matches(event)) return
      unsubscribe()
      resolve(event)
    })
  })
}

/** The events of `types` from now on; the list grows. */
export function recordEvents<K extends EngineEventType>(engine: TaskEngine, types: readonly K[]): EngineEvents[K][] {
  const events: EngineEvents[K][] = []
  engine.subscribe(types, (event) => events.push(event))
  return events
}

/** How a task ended, once its listeners are told. */
export function settled<T>(handle: TaskHandle<T>): Promise<TaskOutcome<T>> {
  return new Promise((resolve) => handle.onSettled(resolve))
}

export function allSettled(handles: readonly TaskHandle[]): Promise<TaskOutcome[]> {
  return Promise.all(handles.map((handle) => settled(handle)))
}

/**
 * Lets the event loop turn a few times, so that what an engine would wrongly do at once has had its chance. Nothing that
 * should happen is waited for in this way.
 */
export async function someTurns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
