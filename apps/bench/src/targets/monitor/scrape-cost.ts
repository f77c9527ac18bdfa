// The processor time that a thousand scrapes a second take of an engine that has worked and rests now. Shares of a busy engine's time
// say the same on a machine that nobody else uses, and nothing on one that others do: figures are made by the second of the wall.
import { setTimeout as sleep } from 'node:timers/promises'
import { summarise } from '../../measure.ts'
import { scraping, setUpSubject, watchAs } from './contenders.ts'
import type { EngineName, Scraping } from './contenders.ts'
import { Scrapes } from './scrapes.ts'

/** Milliseconds of processor time in a second, beside those that the timers take. */
export type ScrapeCosts = Readonly<Record<Scraping, number>>

interface Pace {
  readonly rounds: number
  readonly seconds: number
}

export async function scrapeCosts(name: EngineName, { rounds, seconds }: Pace): Promise<ScrapeCosts> {
  const timers = new Scrapes(() => undefined)
  const subject = await setUpSubject(name)
  // work for the histograms
  for (let window = 0; window < 10; window++) await subject.run(10_000)
  const costs: Partial<Record<Scraping, number>> = {}
  for (const which of scraping) {
    const { scrapes, close } = await watchAs(which, subject.engine)
    if (scrapes === null) throw new Error(`nobody scrapes ${which}`)
    const more: number[] = []
    for (let round = 0; round < rounds; round++) {
      const bare = await processorMs(timers, seconds)
      more.push((await processorMs(scrapes, seconds)) - bare)
    }
    close()
    costs[which] = summarise(more).median
  }
  await subject.close()
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
