// Tasks that are on disk before they run: ours, and the store below them alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTasks } from '@catzilla/api'
import { defineTasks, queueOf } from './catzilla-queue.ts'
import { engineOptions } from './catzilla.ts'
import type { Contender, Queue } from './contender.ts'

/** As much as the record of a task of two numbers takes. */
const RECORD_BYTES = 96

export const durableContender: Contender = {
  name: 'catzilla/durable',
  group: 'ours',
  where: 'event loop',
  about: 'TypeScript engine, LMDB, synced before it accepts',
  window: 1_000,
  only: ['durable', 'throughput', 'round-trip', 'retries'],
  open: openDurable,
}

export const bareStore: Contender = {
  name: 'bare lmdb',
  group: 'bare',
  where: 'disk',
  about: `puts ${RECORD_BYTES} bytes and waits for the sync`,
  window: 1_000,
  only: ['durable'],
  open: openStore,
}

async function openDurable(): Promise<Queue> {
  const directory = newFolder()
  const tasks = createTasks({ ...engineOptions, engine: 'typescript', durable: directory })
  await tasks.ready
  const defined = defineTasks(tasks, 'inline')
  const queue = queueOf(tasks, defined)
  return {
    ...queue,
    async accept(value) {
      await defined.add.delay(value, 1).accepted
    },
    async close() {
      await queue.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function openStore(): Promise<Queue> {
  const { open } = await import('lmdb')
  const directory = newFolder()
  const store = open<Buffer, string>({ path: directory, noSubdir: false, encoding: 'binary', cache: false })
  const record = Buffer.alloc(RECORD_BYTES, 1)
  let next = 0
  return {
    async accept() {
      void store.put(`t:2:${(next++).toString(36).padStart(11, '0')}`, record)
      await store.flushed
    },
    async close() {
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'catzilla-bench-store-'))
}
