// Tasks that are on disk before they run: ours, and the store below them alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTasks } from '@catzilla/api'
import { defineTasks, queueOf } from './catzilla-queue.ts'
import { engineOptions } from './catzilla.ts'
import { msOf } from '../measure.ts'
import type { Contender, Queue } from './contender.ts'

/** As much as the record of `add` of two numbers takes, envelope included. */
const RECORD_BYTES = 63

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
    async acceptHeld(_, work) {
      await tasks.pause()
      const ms = await msOf(work)
      await tasks.resume()
      await tasks.drain()
      return ms
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
  let next = 0
  return {
    async accept() {
      // as a program would that has something to store: bytes of its own for each
      void store.put(`t:2:${(next++).toString(36).padStart(11, '0')}`, Buffer.alloc(RECORD_BYTES, 1))
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
