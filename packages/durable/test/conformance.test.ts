// The suite of engines on durable engines over both local engines, with a store that commits at once; and over real files,
// where nothing waits for a turn of the event loop that the disk may take longer than.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createNativeEngine, createTypeScriptEngine } from '@catzilla/engine'
import type { EngineOptions, TaskEngine } from '@catzilla/engine'
import { describeEngine, runConformanceCase } from '@catzilla/engine/conformance'
import type { ConformanceRun, ConformanceSkip } from '@catzilla/engine/conformance'
import { createDurableEngine, durableOver } from '../src/create.ts'
import type { DurableOptions } from '../src/options.ts'
import { MemoryDisk } from './memory-files.ts'
import { nativeMissing } from './native-core.ts'

type Create = (options?: EngineOptions) => TaskEngine

function own({ clock, keepResults, keepFailures }: EngineOptions): DurableOptions {
  const given = Object.entries({ clock, keepResults, keepFailures }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}

function inMemory(create: Create): (options: EngineOptions) => TaskEngine {
  return (options) => {
    const disk = new MemoryDisk()
    return durableOver(create(options), './data', own(options), () => disk.open())
  }
}

/** A tool of the repository, not a part of the package. */
const tool = pathToFileURL(join(import.meta.dirname, '../../../tools/conformance/keep.mjs')).href
const { keepRun: report } = (await import(tool)) as { readonly keepRun: (run: ConformanceRun) => void }

const local = { runner: { describe, it }, deadlineMs: 50_000, report }
const blocked = 'a durable task has ended when that is on disk, and a thread that is held up does not hear of it'
const skip: readonly ConformanceSkip[] = ['plain', 'with a limit'].map((way) => ({
  case: `waitSync holds the thread up until a kernel has settled, or its time is over (${way})`,
  reason: blocked,
}))

describeEngine('durable over typescript', inMemory(createTypeScriptEngine), local)

describe.skipIf(nativeMissing !== undefined)('where there is a compiled engine', () => {
  const create = nativeMissing === undefined ? createNativeEngine : createTypeScriptEngine
  describeEngine('durable over native', inMemory(create), { ...local, skip })
})

describe('over files', () => {
  const root = mkdtempSync(join(tmpdir(), 'catzilla-conformance-'))
  let made = 0
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const onDisk = (options: EngineOptions): TaskEngine =>
    createDurableEngine(createTypeScriptEngine(options), join(root, String(++made)), own(options))

  it.each([
    'a task is queued, started and completed, once each, with its figures',
    'a retried task tells each attempt',
    'what the body changes is not seen by the caller',
    'plain values of every kind arrive as they are',
    'cycles and shared parts stay cycles and shared parts',
    "'replace' cancels the waiting task and takes its place",
    'durable: what had not started at stop is given back, and only then',
    'waiting for completion runs what is queued and what comes due in time',
    'drain() settles when nothing is left to do, and not before',
    'every call of stop answers with the first report',
  ])('%s', async (name) => {
    await expect(runConformanceCase(name, onDisk, 50_000)).resolves.toBeUndefined()
  })
})
