// The processor time that a thousand scrapes a second take of an engine that has worked and rests now. Shares of a busy engine's time
// say the same on a machine that nobody else uses, and nothing on one that others do: figures are made by the second of the wall.
import { setTimeout as sleep } from 'node:timers/promises'
import { summarise } from '../../measure.ts'
import { setUpWatched } from './contenders.ts'
import type { EngineName, Watching } from './contenders.ts'
import { Scrapes } from './scrapes.ts'

const SCRAPED = ['getStats 1,000/s', 'prometheusText 1,000/s'] as const satisfies readonly Watching[]

/** Milliseconds of processor time in a second, beside those that the timers take. */
export type ScrapeCosts = Readonly<Record<(typeof SCRAPED)[number], number>>

interface Pace {
  readonly rounds: number
  readonly seconds: number
}

export async function scrapeCosts(engine: EngineName, { rounds, seconds }: Pace): Promise<ScrapeCosts> {
  const timers = new Scrapes(() => undefined)
  const costs: Partial<Record<(typeof SCRAPED)[number], number>> = {}
  for (const name of SCRAPED) {
    const setup = await setUpWatched(engine, name)
    // work for the histograms, and scrapes until nothing is left of what may be spent at the beginning
    for (let window = 0; window < 10; window++) await setup.run(10_000)
    if (setup.scrapes !== null) await processorMs(setup.scrapes, 2)
    const more: number[] = []
    for (let round = 0; round < rounds && setup.scrapes !== null; round++) {
      const bare = await processorMs(timers, seconds)
      more.push((await processorMs(setup.scrapes, seconds)) - bare)
    }
    await setup.close()
    costs[name] = summarise(more).median
  }
  return costs as ScrapeCosts
}

async function processorMs(scrapes: Scrapes, seconds: number): Promise<number> {
  const [began, used] = [performance.now(), process.cpuUsage()]
  scrapes.begin()
  await sleep(seconds * 1000)
  scrapes.pause()
  const { user, system } = process.cpuUsage(used)
  return (user + system) / (performance.now() - began)
}
