// Everybody who takes part, ours first. A new contender is a file and a line here.
import { bareThreadsContender, promiseLoop } from './bare.ts'
import { bullmqContenders } from './bullmq.ts'
import { cLoop } from './c-loop.ts'
import { catzillaContenders } from './catzilla.ts'
import type { Contender } from './contender.ts'
import { distributedContender } from './distributed.ts'
import { bareStore, durableContender } from './durable.ts'
import { fastqContender } from './fastq.ts'
import { pQueueContender } from './p-queue.ts'
import { piscinaContender, tinypoolContender } from './piscina.ts'
import { workerpoolContender } from './workerpool.ts'

export const contenders: readonly Contender[] = [
  ...catzillaContenders,
  durableContender,
  distributedContender,
  fastqContender,
  pQueueContender,
  piscinaContender,
  tinypoolContender,
  workerpoolContender,
  ...bullmqContenders,
  promiseLoop,
  bareThreadsContender,
  cLoop,
  bareStore,
]

/** @throws Error when there is none of that name */
export function contenderNamed(name: string): Contender {
  const found = contenders.find((contender) => contender.name === name)
  if (found === undefined) throw new Error(`there is no contender named ${name}`)
  return found
}
