// Values as bytes. Plain data is MessagePack, which is compact and quick; what that would change (cycles, shared parts, maps with
// objects as keys, negative zero, …) goes through V8's structured clone, which keeps everything.
import { deserialize, serialize } from 'node:v8'
import { Packr } from 'msgpackr'
import { ENVELOPE_BYTES, Pages } from './draft.ts'
import type { Draft } from './draft.ts'
import { addPlainData, copyPlainArguments } from './plain-data.ts'

const MSGPACK = 1
const STRUCTURED = 2

const packr = new Packr({ useRecords: false, moreTypes: false, structuredClone: false, mapsAsObjects: true })

const pages = new Pages()

/** @throws DataCloneError for what cannot be written: functions, symbols, … */
export function packValue(value: unknown): Buffer {
  const draft = pages.begin()
  addValue(draft, value)
  return Buffer.from(draft.finish().subarray(ENVELOPE_BYTES))
}

/** As `packValue`, to the end of a record. */
export function addValue(draft: Draft, value: unknown): void {
  const { length } = draft
  draft.byte(MSGPACK)
  if (addPlainData(draft, value)) return
  draft.cutTo(length)
  addStructured(draft, value)
}

/** As `addValue`, of the arguments of a task. @returns a copy of them that is made on the way; undefined when there is none */
export function addArguments(draft: Draft, args: readonly unknown[]): readonly unknown[] | undefined {
  const { length } = draft
  draft.byte(MSGPACK)
  const copied = copyPlainArguments(draft, args)
  if (copied !== undefined) return copied
  draft.cutTo(length)
  addStructured(draft, args)
  return undefined
}

function addStructured(draft: Draft, value: unknown): void {
  draft.byte(STRUCTURED)
  draft.bytes(serialize(value))
}

/** @throws when the bytes are none of `packValue` */
export function unpackValue(bytes: Uint8Array): unknown {
  const body = bytes.subarray(1)
  if (bytes[0] === MSGPACK) return packr.unpack(body)
  if (bytes[0] === STRUCTURED) return deserialize(body)
  throw new Error(`values of kind ${bytes[0]} are not known`)
}
