// What has been taken out of the completion ring is received once each, also where one of them goes wrong.
import type { NativeEngineBinding } from '@catzilla/core-c'
import { expect, test } from 'vitest'
import { Messenger } from '../../src/native/messenger.ts'
import type { Port } from '../../src/native/port.ts'

const COUNT = 300

test.each([0, 5, 127, 128, COUNT - 1])('entry %i cannot be received: all others are, in order, once', (bad) => {
  const left = Array.from({ length: COUNT }, (_, entry) => entry)
  const port: Pick<Port, 'askForWake' | 'take' | 'acknowledge'> = {
    askForWake: () => {},
    acknowledge: () => {},
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
    endRound: () => {},
  }
  const messenger = new Messenger({} as NativeEngineBinding, port as Port, receiver)
  expect(() => messenger.drain()).toThrow('cannot be received')
  messenger.drain()
  expect(received).toEqual(Array.from({ length: COUNT }, (_, entry) => entry).filter((entry) => entry !== bad))
})
