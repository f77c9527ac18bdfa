// Memory of this process that its parent writes arguments into and reads results out of. It is held until the parent says that
// it has: nothing else may lie there meanwhile.
import type { FromChild, RunMessage, ToChild } from '../process/protocol.ts'
import { isWorthIt, processMemory } from '../wire/process-memory.ts'
import { packApart, unpackApart, unpackValue } from '../wire/process-payload.ts'
import type { Carrier } from '../wire/carrier.ts'
import type { PackedValue } from '../wire/process-payload.ts'

/** Arguments that the parent is writing. */
interface Room {
  readonly message: RunMessage
  readonly buffers: readonly ArrayBuffer[]
  readonly run: (args: readonly unknown[]) => void
}

/** A result that the parent has not read. */
interface Kept {
  readonly serial: number
  readonly large: readonly ArrayBuffer[]
  readonly sendOtherwise: () => void
}

export class DirectRoom {
  readonly #send: (message: FromChild) => void
  readonly #carrier: Carrier | null
  #room: Room | null = null
  #kept: Kept | null = null
  /** The parent could not read: it is not asked to again. */
  #outOfReach = false

  constructor(carrier: Carrier | null, send: (message: FromChild) => void) {
    this.#carrier = carrier
    this.#send = send
  }

  /** The parent has yet to read a result. */
  get isHeld(): boolean {
    return this.#kept !== null
  }

  /** What it takes is there before the memory of a task is measured. */
  prepare(): void {
    processMemory()
  }

  /** Asks the parent for arguments that it has offered. @throws RangeError when there is no memory for them */
  ask(message: RunMessage, run: (args: readonly unknown[]) => void): void {
    const memory = processMemory()
    const buffers = memory === null ? [] : message.args.carried.map((length) => new ArrayBuffer(length))
    this.#room = { message, buffers, run }
    this.#send({ kind: 'room', serial: message.serial, at: memory === null ? null : memory.addressesOf(buffers) })
  }

  /** They are there, or in the message. @throws what the body throws, and when they cannot be read */
  filled({ serial, args }: Extract<ToChild, { kind: 'filled' }>): void {
    const room = this.#room
    if (room === null || room.message.serial !== serial) return
    this.#room = null
    const read = args === undefined ? unpackApart(room.message.args, room.buffers) : unpackValue(args, this.#carrier)
    room.run(read as readonly unknown[])
  }

  /**
   * Keeps the large buffers of a result where they are for the parent to read.
   * @param sendOtherwise called when it cannot
   * @returns null when they are to go in another way
   */
  keep(
    serial: number,
    value: unknown,
    large: readonly ArrayBuffer[],
    sendOtherwise: () => void,
  ): { readonly value: PackedValue; readonly at: readonly bigint[] } | null {
    const memory = this.#outOfReach || !isWorthIt(large) ? null : processMemory()
    if (memory === null) return null
    const packed = packApart(value, large)
    this.#kept = { serial, large, sendOtherwise }
    return { value: packed, at: memory.addressesOf(large) }
  }

  /** The parent has read it, or wants it in another way. */
  taken({ serial, otherwise }: Extract<ToChild, { kind: 'took' }>): void {
    const kept = this.#kept
    if (kept?.serial !== serial) return
    this.#kept = null
    if (otherwise !== true) return
    this.#outOfReach = true
    kept.sendOtherwise()
  }
}
