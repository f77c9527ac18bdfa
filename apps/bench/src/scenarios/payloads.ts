// What it costs to hand data over.
import { orderOf } from '../contenders/bodies.ts'
import { verify } from '../section.ts'
import { underWay, windowMs } from './pace.ts'
import { figuresOf } from './scenario.ts'
import type { Effort, Scenario } from './scenario.ts'

/** Tasks under way at once, so that large ones do not pile up. */
const AT_ONCE = 16

export const payloads: Scenario = {
  name: 'payloads',
  title: 'Payloads',
  about: `Microseconds of a task that is given data, ${AT_ONCE} under way at once: an object of 200 bytes that comes back, a text of 10 KB, a text of 1 MB and an array of 1 MB whose length comes back. On the event loop, data stays where it is, with or without a copy; it crosses to threads, to processes and to Redis. Jobs of BullMQ are JSON, which has no arrays of bytes.`,
  measures: [
    { id: 'object', title: 'object of 200 bytes, there and back', unit: 'µs', better: 'less' },
    { id: 'text-10k', title: 'text of 10 KB', unit: 'µs', better: 'less' },
    { id: 'text-1m', title: 'text of 1 MB', unit: 'µs', better: 'less' },
    { id: 'bytes-1m', title: 'array of 1 MB, copied', unit: 'µs', better: 'less' },
    { id: 'moved-1m', title: 'array of 1 MB, transferred', unit: 'µs', better: 'less' },
  ],
  run({ echo, lengthOf, sizeOf }, effort) {
    const { quick } = effort
    const text = (length: number) => lengthOf && (() => throughText(effort, length, lengthOf))
    const bytes = (transfer: boolean) => sizeOf && (() => throughBytes(effort, 1e6, (array) => sizeOf(array, transfer)))
    return figuresOf({
      object:
        echo && (() => us(effort, quick ? 100 : 1_000, async (n) => verify('id', (await echo(orderOf(n))).id, n))),
      'text-10k': text(1e4),
      'text-1m': text(1e6),
      'bytes-1m': bytes(false),
      'moved-1m': bytes(true),
    })
  },
}

function throughText(effort: Effort, length: number, lengthOf: (text: string) => Promise<number>): Promise<number> {
  const texts = Array.from({ length: AT_ONCE }, (_, index) => String.fromCharCode(97 + index).repeat(length))
  const count = effort.quick ? 16 : Math.max(32, Math.min(500, 2e7 / length))
  return us(effort, count, async (n) => verify('length', await lengthOf(texts[n % AT_ONCE] ?? ''), length))
}

/** A new array each: one that was transferred is gone. */
function throughBytes(effort: Effort, size: number, sizeOf: (bytes: Uint8Array) => Promise<number>): Promise<number> {
  return us(effort, effort.quick ? 16 : 64, async () => verify('size', await sizeOf(new Uint8Array(size)), size))
}

async function us(effort: Effort, count: number, work: (index: number) => Promise<void>): Promise<number> {
  return ((await windowMs(effort, () => underWay(count, AT_ONCE, work))) * 1e3) / count
}
