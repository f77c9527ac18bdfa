// Declares the suite of engines on a broker. Each engine has keys of its own there, and so tasks of its own.
import { randomUUID } from 'node:crypto'
import { describe, it } from 'vitest'
import type { EngineOptions, TaskEngine } from '@catzilla/engine'
import { describeEngine } from '@catzilla/engine/conformance'
import { createBullmqEngine } from '../src/index.ts'
import { skips } from './conformance-skips.ts'
import type { ServerChoice } from './servers.ts'

/** Some cases give an engine a number of milliseconds, in which a broker on a busy machine may not answer. */
const RETRIES = 20

const patientIt = Object.assign((name: string, body: () => Promise<void>) => it(name, { retry: RETRIES }, body), {
  skip: it.skip,
})

export function conformanceOn(choice: ServerChoice): void {
  describe(`on ${choice.kind}`, async () => {
    const server = await choice.start()
    if ('skip' in server) {
      it.skip(`there is no ${choice.kind}: ${server.skip}`, () => {})
      return
    }
    const create = (options: EngineOptions): TaskEngine =>
      createBullmqEngine(server.url, { ...options, local: 'typescript', prefix: `t${randomUUID().replaceAll('-', '').slice(0, 18)}` })
    describeEngine(`bullmq on ${choice.kind}`, create, { runner: { describe, it: patientIt }, deadlineMs: 100_000, skip: skips })
  })
}
