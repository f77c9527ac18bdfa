// All questions, in the order of the report. A new scenario is a file and a line here.
import { cpuBodies } from './cpu-bodies.ts'
import { durable } from './durable.ts'
import { eventLoop } from './event-loop.ts'
import { memory } from './memory.ts'
import { mixed } from './mixed.ts'
import { payloads } from './payloads.ts'
import { priority } from './priority.ts'
import { retries } from './retries.ts'
import { roundTrip } from './round-trip.ts'
import { scaling } from './scaling.ts'
import type { Scenario } from './scenario.ts'
import { throughput } from './throughput.ts'
import { timers } from './timers.ts'

export const scenarios: readonly Scenario[] = [
  throughput,
  mixed,
  scaling,
  roundTrip,
  priority,
  timers,
  cpuBodies,
  eventLoop,
  payloads,
  retries,
  memory,
  durable,
]

/** @throws Error when there is none of that name */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name)
  if (found === undefined) throw new Error(`there is no scenario named ${name}`)
  return found
}
