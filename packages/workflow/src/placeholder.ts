// What stands for a result that is not there yet, and the types by which wrong wiring does not compile.
import { WorkflowError } from '@catzilla/api'

declare const resultType: unique symbol

/** The future result of a step, to be wired into the arguments of others. */
export interface Placeholder<T> {
  /** Exists for the compiler alone. */
  readonly [resultType]: T
  /** The id of the step. */
  readonly id: string
  /** A field or element of the result. */
  get<K extends keyof T>(key: K): Placeholder<T[K]>
}

/** A value, a placeholder for it, or plain lists and objects that have placeholders inside. */
export type Wired<T> = T | Placeholder<T> | WiredInside<T>

type Opaque =
  | ((...args: never[]) => unknown)
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>

type WiredInside<T> = T extends Opaque ? never : T extends object ? { readonly [K in keyof T]: Wired<T[K]> } : never

/** A list of arguments, each of which may be wired. */
export type WiredArguments<A extends readonly unknown[]> = { readonly [K in keyof A]: Wired<A[K]> }

/** What a wired value will be. */
export type Unwired<T> =
  T extends Placeholder<infer R> ? R : T extends Opaque ? T : T extends object ? { [K in keyof T]: Unwired<T[K]> } : T

/** What a placeholder stands for: also what is filled in for it. */
export interface Origin {
  readonly kind: 'step' | 'input'
  /** Of the workflow: placeholders of others are refused. */
  readonly owner: object
  /** Index of the step; -1: the input of the workflow. */
  readonly step: number
  readonly path: readonly PropertyKey[]
}

const inputs = new WeakMap<object, Origin>()
const wholeResult: readonly PropertyKey[] = []

class StepPlaceholder {
  readonly id: string
  readonly #origin: Origin

  constructor(id: string, origin: Origin) {
    this.id = id
    this.#origin = origin
  }

  static originOf(value: object): Origin | undefined {
    return #origin in value ? value.#origin : undefined
  }

  get(key: PropertyKey): StepPlaceholder {
    const { path } = this.#origin
    return new StepPlaceholder(this.id, { ...this.#origin, path: [...path, key] })
  }

  /** In JSON it would be something else than the result. */
  toJSON(): never {
    return this[Symbol.toPrimitive]()
  }

  [Symbol.toPrimitive](): never {
    throw notYet(`the result of step '${this.id}'`)
  }
}

/** Where the value comes from, when it is a placeholder. */
export function originOf(value: unknown): Origin | undefined {
  if (typeof value === 'function') return inputs.get(value)
  return typeof value === 'object' && value !== null ? StepPlaceholder.originOf(value) : undefined
}

/** A placeholder for the result of a step. */
export function stepPlaceholder<T>(owner: object, step: number, id: string): Placeholder<T> {
  // what T is only the types know
  return new StepPlaceholder(id, { kind: 'step', owner, step, path: wholeResult }) as unknown as Placeholder<T>
}

/** The input of a workflow while its graph is built: it looks like the input, and its fields are placeholders. */
export function inputPlaceholder(owner: object, path: readonly PropertyKey[] = []): unknown {
  const name = ['input', ...path.map(String)].join('.')
  const refuse = (): never => {
    throw notYet(`'${name}'`)
  }
  const proxy: object = new Proxy(refuse, {
    get: (_, key) => {
      if (key === Symbol.toPrimitive || key === Symbol.iterator) return refuse
      return typeof key === 'symbol' ? undefined : inputPlaceholder(owner, [...path, key])
    },
    apply: refuse,
    has: refuse,
    ownKeys: refuse,
    set: refuse,
  })
  inputs.set(proxy, { kind: 'input', owner, step: -1, path })
  return proxy
}

function notYet(what: string): WorkflowError {
  return new WorkflowError(
    `${what} is not known while the graph is built: hand it to a step as an argument, or compute with it in w.compute()`,
  )
}
