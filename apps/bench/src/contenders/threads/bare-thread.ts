// A worker thread without a pool: one message for a task, one for its result.
import { parentPort } from 'node:worker_threads'
import { add, echo, lengthOf, sizeOf, spin, spinTimes } from '../bodies.ts'
import { orbits, sumOfOrbits } from '../orbit.ts'

const bodies: Readonly<Record<string, (...args: never[]) => unknown>> = {
  add,
  echo,
  lengthOf,
  sizeOf,
  spin,
  spinTimes,
  orbits,
  sumOfOrbits,
}

parentPort?.on('message', ([id, name, args]: [number, string, never[]]) => {
  parentPort?.postMessage([id, bodies[name]?.(...args)])
})
