// What has been taken out of the completion ring is received once each, also where one of them goes wrong.
import type { NativeEngineBinding } from '@catzilla/core-c'
import { expect, test } from 'vitest'
import { Messenger } from '../../src/native/messenger.ts'
import type { Port } from '../../src/native/port.ts'

const COUNT = 300

/** A messenger to which so many entries come, one of which cannot be received. */
function messengerWith(bad: number, endRound: (received: readonly number[]) => void) {
  const left = Array.from({ length: COUNT }, (_, entry) => entry)
  const port: Pick<Port, 'askForWake' | 'askForNoWake' | 'hasNext' | 'take' | 'acknowledge'> = {
    askForWake: () => {},
    askForNoWake: () => {},
    acknowledge: () => {},
    get hasNext() {
      return left.length > 0
    },
    take: (entries) => {
      const taken = left.splice(0, entries.length)
      entries.set(taken)
      return taken.length
    },
  }
  const received: number[] = []
  const receiver = {
    receive: (entries: Int32Array, from: number, until: number): number => {
      if (entries[from] === bad) throw new Error('cannot be received')
      // several at a time, but never the bad one
      const at = entries.subarray(from, Math.min(until, from + 3)).indexOf(bad)
      const next = at < 0 ? Math.min(until, from + 3) : from + at
      received.push(...entries.subarray(from, next))
      return next
    },
    endRound: () => endRound(received),
  }
  return new Messenger({} as NativeEngineBinding, port as Port, receiver)
}

function allBut(bad: number): number[] {
  return Array.from({ length: COUNT }, (_, entry) => entry).filter((entry) => entry !== bad)
}

test.each([0, 5, 127, 128, COUNT - 1])('entry %i cannot be received: all others are, in order, once', (bad) => {
  const rounds: number[][] = []
  const messenger = messengerWith(bad, (received) => rounds.push([...received]))
  expect(() => messenger.drain()).toThrow('cannot be received')
  // what came before it counts at once
  expect(rounds).toEqual([allBut(bad).slice(0, bad)])
  messenger.drain()
  expect(rounds.at(-1)).toEqual(allBut(bad))
})

test('an entry that cannot be received, of those that come by themselves, does not keep the next ones back', async () => {
  const all = new Promise<readonly number[]>((resolve) => {
    const messenger = messengerWith(5, (received) => {
      if (received.length === COUNT - 1) resolve(received)
    })
    messenger.inFlight = COUNT
    expect(() => messenger.wake()).toThrow('cannot be received')
  })
  expect(await all).toEqual(allBut(5))
})
