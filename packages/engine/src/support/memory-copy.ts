// What becomes of buffers, and of the views on them, in a payload: copied, or left for a transfer. Shared memory is shared.
import { types } from 'node:util'
import { SHARED_FROM, isSnapshot, snapshotOf } from './memory-snapshot.ts'

/** A buffer, or a view on one: typed arrays, Buffer, DataView. */
export type Memory = ArrayBuffer | SharedArrayBuffer | ArrayBufferView

export function isMemory(value: object): value is Memory {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)
}

/** How a payload treats the memory in it. Throws what the platform throws, such as for a buffer that is detached. */
export interface MemoryTreatment {
  treat(value: Memory): Memory
  /** Buffers of the result that belong to nobody else, or will not any longer: what may be transferred. */
  readonly buffers: readonly ArrayBuffer[]
}

/** Copies once whatever is in the payload. */
export class CopiedMemory implements MemoryTreatment {
  readonly #made: (ArrayBuffer | ArrayBufferView)[] = []
  readonly #whole: boolean
  readonly #snapshots: boolean
  #copies: Map<ArrayBuffer, ArrayBufferLike> | undefined
  #met: Set<ArrayBuffer> | undefined
  #torn = false

  /** Snapshots in the payload, which it shares. */
  readonly snapshots: SharedArrayBuffer[] = []

  /**
   * @param whole views get the whole buffer behind them, so that those on the same buffer stay on the same one
   * @param snapshots what is large is copied into memory that threads can share
   */
  constructor(whole: boolean, snapshots: boolean) {
    this.#whole = whole
    this.#snapshots = snapshots
  }

  get buffers(): ArrayBuffer[] {
    // not before somebody asks: a small typed array has no buffer until then, and is far cheaper without
    return this.#made.map((each) => (ArrayBuffer.isView(each) ? (each.buffer as ArrayBuffer) : each))
  }

  /** Views on one buffer were copied apart: the payload has to be copied once more, with whole buffers. */
  get torn(): boolean {
    return this.#torn
  }

  treat(value: Memory): Memory {
    if (!ArrayBuffer.isView(value)) return isShared(value) ? this.#share(value) : this.#copy(value)
    const { buffer } = value
    if (isShared(buffer)) return viewOn(this.#share(buffer), value)
    if (this.#whole && !isPooled(value)) return viewOn(this.#copy(buffer), value)
    return this.#copyPart(value, buffer)
  }

  #share(buffer: SharedArrayBuffer): SharedArrayBuffer {
    if (isSnapshot(buffer) && !this.snapshots.includes(buffer)) this.snapshots.push(buffer)
    return buffer
  }

  #copy(buffer: ArrayBuffer): ArrayBufferLike {
    this.#meet(buffer)
    this.#copies ??= new Map()
    let copy = this.#copies.get(buffer)
    if (copy === undefined) {
      copy = this.#isForSnapshot(buffer) ? snapshotOf(new Uint8Array(buffer)) : this.#clone(buffer)
      this.#copies.set(buffer, copy)
    }
    return copy
  }

  /** That of one that is resizable is so as well. */
  #clone(buffer: ArrayBuffer): ArrayBuffer {
    const copy = structuredClone(buffer)
    this.#made.push(copy)
    return copy
  }

  #isForSnapshot(buffer: ArrayBuffer): boolean {
    return this.#snapshots && buffer.byteLength >= SHARED_FROM && !isResizable(buffer)
  }

  /** The part that the view shows: a small view must not drag a great buffer along. */
  #copyPart(view: ArrayBufferView, buffer: ArrayBuffer): ArrayBufferView {
    if (!isPooled(view)) this.#meet(buffer)
    if (this.#snapshots && view.byteLength >= SHARED_FROM) {
      const bytes = new Uint8Array(buffer, view.byteOffset, view.byteLength)
      return viewFrom(snapshotOf(bytes), view, 0)
    }
    const copy = partOf(view)
    this.#made.push(copy)
    return copy
  }

  #meet(buffer: ArrayBuffer): void {
    this.#met ??= new Set()
    if (this.#met.has(buffer) && !this.#whole) this.#torn = true
    this.#met.add(buffer)
  }
}

/**
 * Copies what is small, and leaves large buffers where they are for whoever copies them next: those of a result, which nobody
 * has any more when they are sent.
 */
export class LentMemory extends CopiedMemory {
  readonly #lent = new Set<ArrayBuffer>()
  readonly #parts = new Set<ArrayBufferLike>()
  readonly #whole: boolean

  constructor(whole: boolean) {
    super(whole, false)
    this.#whole = whole
  }

  get lent(): readonly ArrayBuffer[] {
    return [...this.#lent]
  }

  /** Also where one view was copied whose buffer another one left. */
  override get torn(): boolean {
    return super.torn || (!this.#whole && [...this.#lent].some((buffer) => this.#parts.has(buffer)))
  }

  override treat(value: Memory): Memory {
    const buffer = ArrayBuffer.isView(value) ? value.buffer : value
    // a view must not drag a great buffer along of which it shows little
    const showsAll = value.byteLength === buffer.byteLength
    if (isShared(buffer) || buffer.byteLength < SHARED_FROM || isResizable(buffer)) return super.treat(value)
    if (!showsAll && (!this.#whole || (ArrayBuffer.isView(value) && isPooled(value)))) {
      this.#parts.add(buffer)
      return super.treat(value)
    }
    this.#lent.add(buffer)
    return value
  }
}

/** Leaves memory where it is, for `structuredClone` to transfer. */
export class LeftMemory implements MemoryTreatment {
  readonly #left = new Set<ArrayBuffer>()

  get buffers(): ArrayBuffer[] {
    return [...this.#left]
  }

  treat(value: Memory): Memory {
    const buffer = ArrayBuffer.isView(value) ? value.buffer : value
    if (isShared(buffer)) return value
    if (ArrayBuffer.isView(value) && isPooled(value)) return this.treat(partOf(value))
    this.#leave(buffer)
    return value
  }

  #leave(buffer: ArrayBuffer): void {
    requireAttached(buffer)
    this.#left.add(buffer)
  }
}

/** In a thread: gives the task memory of its own instead of snapshots. */
export class OwnMemory implements MemoryTreatment {
  readonly buffers: readonly ArrayBuffer[] = []
  readonly #snapshots: ReadonlySet<ArrayBufferLike>
  readonly #copies = new Map<ArrayBufferLike, ArrayBuffer>()

  constructor(snapshots: Iterable<SharedArrayBuffer>) {
    this.#snapshots = new Set(snapshots)
  }

  treat(value: Memory): Memory {
    const buffer = ArrayBuffer.isView(value) ? value.buffer : value
    if (!this.#snapshots.has(buffer)) return value
    let copy = this.#copies.get(buffer)
    if (copy === undefined) {
      // nobody writes zeros there before
      copy = new Uint8Array(buffer).slice().buffer
      this.#copies.set(buffer, copy)
    }
    return ArrayBuffer.isView(value) ? viewOn(copy, value) : copy
  }
}

function isResizable(buffer: ArrayBuffer): boolean {
  return (buffer as { readonly resizable?: boolean }).resizable === true
}

/** Also that of another realm; the question that is cheap comes first. */
function isShared(buffer: ArrayBufferLike): buffer is SharedArrayBuffer {
  return !(buffer instanceof ArrayBuffer) && types.isSharedArrayBuffer(buffer)
}

/** @throws TypeError when the buffer was transferred before */
export function requireAttached(buffer: ArrayBuffer): void {
  // the only way to ask in Node 20
  if (buffer.byteLength === 0) new Uint8Array(buffer).fill(0)
}

/** A Buffer may be a piece of the pool that all small ones share, which must be neither copied nor transferred. */
function isPooled(view: ArrayBufferView): boolean {
  return Buffer.isBuffer(view) && view.byteLength < view.buffer.byteLength
}

type TypedArray = Uint8Array | Float64Array

interface TypedArrayClass {
  new (elements: TypedArray): TypedArray
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray
}

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as TypedArray
const tag = Object.getOwnPropertyDescriptor(typedArrayPrototype, Symbol.toStringTag)

/** The built-in class also for subclasses, whose class is lost at a boundary; undefined for a DataView. */
function classOf(view: ArrayBufferView): TypedArrayClass | undefined {
  const name = tag?.get?.call(view) as 'Uint8Array' | undefined
  return name === undefined ? undefined : globalThis[name]
}

function partOf(view: ArrayBufferView): ArrayBufferView {
  const made = classOf(view)
  if (made !== undefined) return new made(view as TypedArray)
  return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
}

/** The same view on another buffer. */
function viewOn(buffer: ArrayBufferLike, view: ArrayBufferView): ArrayBufferView {
  return viewFrom(buffer, view, view.byteOffset)
}

/** A view of the same kind and length that begins elsewhere. */
function viewFrom(buffer: ArrayBufferLike, view: ArrayBufferView, byteOffset: number): ArrayBufferView {
  const made = classOf(view)
  if (made !== undefined) return new made(buffer, byteOffset, (view as TypedArray).length)
  return new DataView(buffer, byteOffset, view.byteLength)
}
