// What tasks do: the same functions for everybody. They name nothing outside of themselves, so that their source
// is all a thread needs.

/** Some 200 bytes as JSON. */
export interface Order {
  readonly id: number
  readonly customer: string
  readonly email: string
  readonly paid: boolean
  readonly total: number
  readonly tags: readonly string[]
  readonly address: { readonly street: string; readonly city: string; readonly zip: string }
  readonly note: null
}

export function orderOf(id: number): Order {
  return {
    id,
    customer: 'Ada Lovelace',
    email: 'ada.lovelace@example.org',
    paid: id % 2 === 0,
    total: id * 1.25,
    tags: ['books', 'engine'],
    address: { street: "12 St James's Square", city: 'London', zip: 'SW1Y' },
    note: null,
  }
}

export function add(a: number, b: number): number {
  return a + b
}

/** Gives the order back, so that it travels both ways. */
export function echo(order: Order): Order {
  return order
}

/** Keeps a processor busy; see `spinsPerMs`. */
export function spin(turns: number): number {
  let state = 1
  for (let turn = 0; turn < turns; turn++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
  }
  return state
}

/** The body again and again, with nothing in between: what two threads do at best. */
export function spinTimes(turns: number, times: number): number {
  let last = 0
  for (let time = 0; time < times; time++) last = spin(turns)
  return last
}

export function sizeOf(bytes: Uint8Array): number {
  return bytes.byteLength
}

export function lengthOf(text: string): number {
  return text.length
}

/** Keeps its thread until the flag is something else than 0. */
export function block(flag: Int32Array): number {
  Atomics.wait(flag, 0, 0)
  return 0
}

/** Turns of `spin` that take a millisecond here, when nobody disturbs. */
export function spinsPerMs(): number {
  const turns = 1_000_000
  let fastest = Infinity
  for (let round = 0; round < 20; round++) {
    const begunAt = performance.now()
    spin(turns)
    fastest = Math.min(fastest, performance.now() - begunAt)
  }
  return Math.round(turns / fastest)
}
