// The inside of `BackgroundTasks`, for the door `extend`: what packages built on top of the API reach and users do not.
import type { Clock } from '@catzilla/engine'
import type { Registry } from './registry.ts'

export interface Inside {
  readonly registry: Registry
  readonly clock: Clock
}

const insides = new WeakMap<object, Inside>()

/** Called once, by the constructor of `BackgroundTasks`. */
export function keepInside(tasks: object, inside: Inside): void {
  insides.set(tasks, inside)
}

/** Undefined for anything that is no `BackgroundTasks`. */
export function insideOf(tasks: object): Inside | undefined {
  return insides.get(tasks)
}
