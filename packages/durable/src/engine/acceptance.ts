// How tasks are taken: by the engine inside, at once; and by the store, which says later that it has them.
import { PayloadError, copyArguments, formatPath } from '@catzilla/engine'
import type { NumberedHandle, TaskCall, TaskHandle } from '@catzilla/engine'
import { Pages } from '../format/draft.ts'
import type { Draft } from '../format/draft.ts'
import { keys } from '../format/keys.ts'
import { beginTask, finishTask } from '../format/records.ts'
import { packValue } from '../format/values.ts'
import type { WriteWatcher } from '../store/writer.ts'
import type { KnownCall } from './calls.ts'
import { DurableHandle } from './durable-handle.ts'
import type { Kept } from './kept.ts'

/** Of the unique key of a task: without the task it is not written either. */
const withItsTask: WriteWatcher = { committed: () => {}, refused: () => {} }

export class Acceptance {
  readonly #kept: Kept
  /** Where records are put together, one behind the other: so a segment takes them as one piece. */
  readonly #pages = new Pages()

  constructor(kept: Kept) {
    this.#kept = kept
  }

  /** @throws as `submit` of an engine; StoreError while the store cannot be written */
  submit(known: KnownCall, args: readonly unknown[], retryOf: string | null = null): TaskHandle {
    this.#requireWritable()
    const draft = packArguments(this.#pages, known.call, args)
    const inner = this.#submit(known, args, draft)
    // the unsettled task that has the unique key
    const there = known.unique === null ? undefined : this.#kept.live.named(inner.taskId)
    return there ?? this.#admit(known, inner, draft, retryOf)
  }

  /** Plain arguments have been copied as they were written: so they are gone through once. */
  #submit({ inner, withCopies }: KnownCall, args: readonly unknown[], { args: copied }: Draft): TaskHandle {
    const isCopied = withCopies !== null && copied !== undefined
    return isCopied ? this.#kept.inner.submit(withCopies, copied) : this.#kept.inner.submit(inner, args)
  }

  /** All or none. @throws as `submit` */
  submitMany(known: KnownCall, argsList: readonly (readonly unknown[])[]): TaskHandle[] {
    this.#requireWritable()
    const drafts = argsList.map((args) => packArguments(this.#pages, known.call, args))
    const handles = this.#kept.inner.submitMany(known.inner, argsList)
    return drafts.map((draft, index) => this.#admit(known, handles[index] as TaskHandle, draft, null))
  }

  #requireWritable(): void {
    const { failure } = this.#kept.writer
    if (failure !== null) throw failure
  }

  #admit(known: KnownCall, inner: TaskHandle, draft: Draft, retryOf: string | null): DurableHandle {
    const { clock, live, numbering, prefix, writer } = this.#kept
    const { call } = known
    const { sequence, slot } = inner as NumberedHandle
    const createdAt = clock.epochMs()
    const handle = new DurableHandle(this.#home, call, inner, sequence)
    if (retryOf !== null) handle.note({ retryOf })
    live.add(handle)
    const { runAt, delayMs } = call.options
    const dueAt = runAt ?? (delayMs > 0 ? createdAt + delayMs : null)
    finishTask(draft, { prefix, sequence, slot }, { createdAt, dueAt, retryOf }, known.kind)
    if (known.unique !== null) {
      this.#kept.unique.set(known.unique, inner.taskId)
      const key = keys.unique(known.unique)
      writer.write([{ key, value: Buffer.from(keys.task('t', handle)) }], withItsTask)
    }
    const numbered = numbering.used(sequence)
    // by itself: it stays reserved when the task is refused
    if (numbered !== undefined) writer.write([numbered])
    handle.acceptedWith(writer.accept(handle, draft))
    return handle
  }

  readonly #home = { observed: (): void => void this.#kept.unobserved-- }

  /** For handles that others make: who is told that a failure has been looked at. */
  get home(): { observed(): void } {
    return this.#home
  }
}

/** Where in the arguments stands what has no bytes. */
function placeOfUnstorable(value: object): (string | number)[] {
  for (const [name, each] of Object.entries(value as Record<string, unknown>)) {
    if (typeof each !== 'object' || each === null || canBePacked(each)) continue
    const isPlain = Array.isArray(each) || Object.getPrototypeOf(each) === Object.prototype
    return [Array.isArray(value) ? Number(name) : name, ...(isPlain ? placeOfUnstorable(each) : [])]
  }
  return []
}

function canBePacked(value: unknown): boolean {
  try {
    packValue(value)
    return true
  } catch {
    return false
  }
}

/** @throws PayloadError */
function packArguments(pages: Pages, { name }: TaskCall, args: readonly unknown[]): Draft {
  try {
    return beginTask(pages, args)
  } catch (error) {
    // whoever can name the place in the arguments does
    copyArguments(args, name)
    const { message } = error as Error
    const path = placeOfUnstorable(args)
    throw new PayloadError(
      `task '${name}': args${formatPath(path)} cannot be stored: ${message}; pass plain data`,
      [{ path, message }],
      { cause: error },
    )
  }
}
