// A thread that takes the next number off a counter, runs the body for it, and wakes the submitter if that sleeps.
import { parentPort, workerData } from 'node:worker_threads'
import { spin } from '../bodies.ts'
import { CountingWord } from './counting-words.ts'

const words = new Int32Array(workerData as SharedArrayBuffer)

parentPort?.on('message', ([turns, count]: [number, number]) => {
  for (;;) {
    const number = Atomics.add(words, CountingWord.NEXT, 1)
    if (number >= count) break
    Atomics.store(words, CountingWord.RESULTS + number, spin(turns))
    if (Atomics.exchange(words, CountingWord.WAITING, 0) === 0) continue
    Atomics.add(words, CountingWord.WOKEN, 1)
    Atomics.notify(words, CountingWord.WOKEN)
  }
})
