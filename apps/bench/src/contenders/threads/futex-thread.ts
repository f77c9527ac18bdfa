// A worker thread that sleeps on a word of shared memory and says by another one that it is done.
import { workerData } from 'node:worker_threads'
import { add } from '../bodies.ts'
import { FutexWord } from './futex-words.ts'

const words = new Int32Array(workerData as SharedArrayBuffer)

for (let seen = 0; ;) {
  Atomics.wait(words, FutexWord.ASKED, seen)
  const asked = Atomics.load(words, FutexWord.ASKED)
  if (asked === seen) continue
  seen = asked
  Atomics.store(words, FutexWord.SUM, add(Atomics.load(words, FutexWord.A), Atomics.load(words, FutexWord.B)))
  Atomics.store(words, FutexWord.DONE, asked)
  Atomics.notify(words, FutexWord.DONE)
}
