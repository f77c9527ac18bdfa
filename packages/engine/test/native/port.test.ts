// The port over plain memory: what is pushed stands in the rings once it is published, and what C appends is taken in order.
import { describe, expect, test } from 'vitest'
import { portLayout } from '../../src/native/port-layout.ts'
import { Port, kindOfNotice, slotOfNotice } from '../../src/native/port.ts'

const SLOTS = 6
const RING = 8
const COMPLETIONS = 16

/** Memory laid out as C lays it out. */
function memory(): ArrayBuffer {
  const slotsAt = portLayout.PORT_HEADER_WORDS * 4
  const ringsAt = slotsAt + SLOTS * portLayout.SLOT_BYTES
  const completionsAt = ringsAt + portLayout.PORT_RINGS * RING * 4
  const buffer = new ArrayBuffer(completionsAt + COMPLETIONS * 8)
  const words = new Int32Array(buffer)
  words[portLayout.WORD_SLOTS] = SLOTS
  words[portLayout.WORD_RING_MASK] = RING - 1
  words[portLayout.WORD_COMPLETION_MASK] = COMPLETIONS - 1
  words[portLayout.WORD_SLOTS_OFFSET] = slotsAt
  words[portLayout.WORD_RINGS_OFFSET] = ringsAt
  words[portLayout.WORD_COMPLETIONS_OFFSET] = completionsAt
  return buffer
}

/** C's side of the memory. */
class Far {
  readonly words: Int32Array
  #appended = 0

  constructor(buffer: ArrayBuffer) {
    this.words = new Int32Array(buffer)
  }

  tail(ring: number): number {
    return this.words[portLayout.WORD_TAIL + 16 * ring] ?? -1
  }

  entry(ring: number, position: number): number {
    const first = (this.words[portLayout.WORD_RINGS_OFFSET] ?? 0) / 4
    return this.words[first + ring * RING + (position & (RING - 1))] ?? -1
  }

  append(slot: number, kind = portLayout.NOTICE_SETTLED as number): void {
    const first = (this.words[portLayout.WORD_COMPLETIONS_OFFSET] ?? 0) / 4
    const at = first + (this.#appended & (COMPLETIONS - 1)) * 2
    this.words[at] = slot | (kind << portLayout.NOTICE_SHIFT)
    this.words[at + 1] = ++this.#appended
  }
}

function both(): { port: Port; far: Far } {
  const buffer = memory()
  return { port: new Port(buffer), far: new Far(buffer) }
}

describe('the way to C', () => {
  test('slots lie one after the other, words and doubles over the same bytes', () => {
    const { port } = both()
    expect(port.slots).toBe(SLOTS)
    expect([port.wordOf(0), port.doubleOf(0)]).toEqual([256, 128])
    expect([port.wordOf(5) - port.wordOf(4), port.doubleOf(5) - port.doubleOf(4)]).toEqual([24, 12])
    port.doubles[port.doubleOf(3) + portLayout.SLOT_RESULT / 8] = 1
    expect(port.words[port.wordOf(3) + portLayout.SLOT_RESULT / 4 + 1]).toBe(0x3ff00000)
  })

  test('C sees nothing before it is published, and then everything', () => {
    const { port, far } = both()
    port.push(2, 5)
    port.push(2, 4)
    port.push(0, 3)
    expect([far.tail(0), far.tail(2), port.unpublished]).toEqual([0, 0, 3])
    expect(port.publish()).toBe(false)
    expect([far.tail(0), far.tail(1), far.tail(2), port.unpublished]).toEqual([1, 0, 2, 0])
    expect([far.entry(2, 0), far.entry(2, 1), far.entry(0, 0)]).toEqual([5, 4, 3])
  })

  test('rings go round', () => {
    const { port, far } = both()
    for (let position = 0; position < 3 * RING; position++) {
      port.push(1, position % SLOTS)
      port.publish()
      expect([far.tail(1), far.entry(1, position)]).toEqual([position + 1, position % SLOTS])
    }
  })

  test('publishing says whether a timed slot was among it', () => {
    const { port } = both()
    port.push(portLayout.TIMED_RING, 1)
    port.push(0, 2)
    expect(port.publish()).toBe(true)
    expect(port.publish()).toBe(false)
  })

  test('a worker is wanted when none looks and one sleeps', () => {
    const { port, far } = both()
    const wanted = [0, 1].flatMap((searching) =>
      [0, 1].map((parked) => {
        far.words[portLayout.WORD_SEARCHING] = searching
        far.words[portLayout.WORD_PARKED_WORKERS] = parked
        return port.wantsWorker(() => 0)
      }),
    )
    expect(wanted).toEqual([false, true, false, false])
    far.words[portLayout.WORD_PARKED_TIMERS] = 1
    expect(port.timersSleep).toBe(true)
  })

  test('a worker is wanted as well when nothing has been taken for a while by the one that looks', () => {
    const { port, far } = both()
    const wanted = (now: number): boolean => port.wantsWorker(() => now)
    far.words[portLayout.WORD_SEARCHING] = 1
    far.words[portLayout.WORD_PARKED_WORKERS] = 1
    expect([wanted(1), wanted(1.3), wanted(1.5)]).toEqual([false, false, true])
    far.words[portLayout.WORD_HEAD + 16]!++
    expect([wanted(1.6), wanted(1.9), wanted(2.1)]).toEqual([false, false, true])
    expect([wanted(2.4), wanted(2.6)]).toEqual([false, true])
    far.words[portLayout.WORD_PARKED_WORKERS] = 0
    expect(wanted(4)).toBe(false)
  })
})

function taken(port: Port, most = 1): number[] {
  const entries = new Int32Array(most)
  return [...entries.subarray(0, port.take(entries))]
}

describe('the way back', () => {
  test('entries are taken in order, with their kind, and no sooner than they are there', () => {
    const { port, far } = both()
    expect([taken(port), port.hasNext]).toEqual([[], false])
    far.append(4)
    far.append(2, portLayout.NOTICE_STARTED)
    far.append(2, portLayout.NOTICE_RETRYING)
    expect(port.hasNext).toBe(true)
    expect(taken(port, 3).map((entry) => [slotOfNotice(entry), kindOfNotice(entry)])).toEqual([
      [4, portLayout.NOTICE_SETTLED],
      [2, portLayout.NOTICE_STARTED],
      [2, portLayout.NOTICE_RETRYING],
    ])
    expect([taken(port), port.position]).toEqual([[], 3])
  })

  test('no more are taken than there is room for', () => {
    const { port, far } = both()
    for (const slot of [3, 1, 2]) far.append(slot)
    expect([taken(port, 2), port.position, taken(port, 2)]).toEqual([[3, 1], 2, [2]])
  })

  test('the ring goes round: an entry of the last round is none of this', () => {
    const { port, far } = both()
    for (let round = 0; round < 5; round++) {
      for (let entry = 0; entry < COMPLETIONS - 1; entry++) far.append(entry % SLOTS)
      const expected = Array.from({ length: COMPLETIONS - 1 }, (_, entry) => entry % SLOTS)
      expect(taken(port, COMPLETIONS).map(slotOfNotice)).toEqual(expected)
      expect(taken(port)).toEqual([])
    }
  })

  test('C learns how far it is drained, and that somebody wants to be woken', () => {
    const { port, far } = both()
    far.append(1)
    expect(taken(port)).toEqual([1])
    expect(far.words[portLayout.WORD_COMPLETED_HEAD]).toBe(0)
    port.acknowledge()
    port.askForWake()
    expect(far.words[portLayout.WORD_COMPLETED_HEAD]).toBe(1)
    expect(far.words[portLayout.WORD_WAITING]).toBe(1)
  })
})
