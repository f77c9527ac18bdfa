import { deserialize, serialize } from 'node:v8'
export class SmallValues {
  readonly #bytes: Uint8Array
  constructor(memory: SharedArrayBuffer) {
    this.#bytes = new Uint8Array(memory)
  }
  write(at: number, capacity: number, value: unknown): number {
    let bytes: Buffer
    try {
      bytes = serialize(value)
    } catch {
      return -1
    }
    if (bytes.length > capacity) return -1
    this.#bytes.set(bytes, at)
    return bytes.length
  }
  read(at: number, length: number): unknown {
    return deserialize(Buffer.from(this.#bytes.subarray(at, at + length)))
  }
}
