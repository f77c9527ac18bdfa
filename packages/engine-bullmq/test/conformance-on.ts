// Declares the suite of engines on a broker. Each engine has keys of its own there, and so tasks of its own.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, it } from 'vitest'
import type { EngineOptions, TaskEngine } from '@catzilla/engine'
import { describeEngine } from '@catzilla/engine/conformance'
import type { ConformanceRun, TestRunner } from '@catzilla/engine/conformance'
import { createBullmqEngine } from '../src/index.ts'
import { skips } from './conformance-skips.ts'
import type { FoundServer } from './servers.ts'

/** A tool of the repository, not a part of the package. */
const tool = pathToFileURL(join(import.meta.dirname, '../../../tools/conformance/keep.mjs')).href
const { keepRun: report } = (await import(tool)) as { readonly keepRun: (run: ConformanceRun) => void }

/** Some cases give an engine a number of milliseconds, in which a broker on a busy machine may not answer; a database less often. */
const retries = { redis: 2, postgres: 5 } as const

const declare = it
const patient = (retry: number): TestRunner['it'] =>
  Object.assign((name: string, body: () => Promise<void>) => declare(name, { retry }, body), { skip: it.skip })

export function conformanceOn(found: FoundServer): void {
  describe.skipIf(found.missing !== undefined)(`the suite on ${found.title}`, () => {
    const create = (options: EngineOptions): TaskEngine => {
      const prefix = `t${randomUUID().replaceAll('-', '').slice(0, 18)}`
      const url = found.missing === undefined ? found.server.url : 'redis://127.0.0.1'
      return createBullmqEngine(url, { ...options, local: 'typescript', prefix })
    }
    describeEngine(`bullmq on ${found.kind}`, create, {
      runner: { describe, it: patient(retries[found.kind]) },
      deadlineMs: 100_000,
      skip: skips,
      report,
    })
  })
}
