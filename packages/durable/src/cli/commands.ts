// The commands over a directory: what they look at, what they change, and the lines they print.
import { renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, systemClock } from '@catzilla/engine'
import { removalOf } from '../engine/retention.ts'
import { keys, placeOf } from '../format/keys.ts'
import { Seal } from '../format/seal.ts'
import type { EncryptionKey } from '../format/seal.ts'
import { identify } from '../store/identity.ts'
import { DATA_FILE, LmdbStore } from '../store/lmdb-store.ts'
import { claim, isAlive } from '../store/owner.ts'
import { survey, tasksIn } from '../store/survey.ts'
import { TaskStore } from '../store/task-store.ts'
import type { Change } from '../store/task-store.ts'
import { printable } from './printable.ts'

/** What a command is given. */
export interface CommandInput {
  readonly directory: string
  /** What stands behind the directory. */
  readonly rest: readonly string[]
  readonly encryptionKeys: readonly EncryptionKey[]
  readonly print: (line: string) => void
}

export interface Command {
  readonly usage: string
  readonly about: string
  /** @throws StoreError, ConfigurationError */
  run(input: CommandInput): Promise<void>
}

/** Changes written at a time. */
const PER_COMMIT = 1000

export const commands: Readonly<Record<string, Command>> = {
  inspect: {
    usage: 'inspect <directory>',
    about: 'counts what is in the store; also while it is in use',
    run: (input) => withStore(input, false, async (store, seal) => printSurvey(input, survey(store, seal))),
  },
  export: {
    usage: 'export <directory>',
    about: 'prints every task as a line of JSON, as far as it can be read; also while the store is in use',
    run: (input) =>
      withStore(input, false, async (store, seal) => {
        for (const each of tasksIn(store, seal)) input.print(printable(each))
      }),
  },
  purge: {
    usage: 'purge <directory> <id of a dead letter> | --all',
    about: 'removes dead letters for good',
    run: (input) => withStore(input, true, (store, seal) => purge(input, store, seal)),
  },
  forget: {
    usage: 'forget <directory> <task name>',
    about: 'removes the waiting tasks of a name that no program defines any more',
    run: (input) => withStore(input, true, (store, seal) => forget(input, store, seal)),
  },
  compact: {
    usage: 'compact <directory>',
    about: 'makes the file as small as what is in it',
    run: compact,
  },
}

/** @param alone whether the store is changed, so that nobody else may have it */
async function withStore(
  { directory, encryptionKeys }: CommandInput,
  alone: boolean,
  work: (store: LmdbStore, seal: Seal) => Promise<void>,
): Promise<void> {
  const store = new LmdbStore(directory, { synced: true, existing: true })
  const seal = new Seal({ compressAboveBytes: Infinity, encryptionKeys })
  try {
    if (!alone) return await work(store, seal)
    claim(store, systemClock.epochMs())
    identify(store)
    try {
      await work(store, seal)
    } finally {
      await release(store)
    }
  } finally {
    await store.close()
  }
}

function release(store: LmdbStore): Promise<void> {
  return store.write([{ key: keys.owner, value: undefined }])
}

function printSurvey({ print, directory }: CommandInput, found: ReturnType<typeof survey>): void {
  const { identity, owner, bytes, entries, waiting, names, ended, deadLetters, unreadable } = found
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none'
  const alive = owner !== null && isAlive(owner, systemClock.epochMs())
  print(`store         ${directory}`)
  print(`format        ${identity === null ? 'empty' : String(identity.version)}`)
  print(`in use by     ${owner === null ? 'nobody' : `process ${owner.pid}${alive ? '' : ', which is dead'}`}`)
  print(`file          ${mebibytes(bytes)} MiB, ${entries} records`)
  print(`waiting       ${list(waiting)}`)
  print(`  by name     ${list(names)}`)
  print(`ended, kept   ${list(ended)}`)
  print(`dead letters  ${deadLetters}`)
  print(`unreadable    ${unreadable}`)
}

async function purge({ rest: [which], print }: CommandInput, store: LmdbStore, seal: Seal): Promise<void> {
  if (which === undefined) throw new ConfigurationError('purge: give the id of a dead letter, or --all')
  const found = [...tasksIn(store, seal)].filter(
    ({ letter, key, task }) => letter !== null && (which === '--all' || which === key || which === task?.taskId),
  )
  await writeAll(
    new TaskStore(store, seal),
    found.map(({ key }) => ({ key, value: undefined })),
  )
  print(`removed ${found.length} dead ${found.length === 1 ? 'letter' : 'letters'}`)
}

async function forget({ rest: [name], print }: CommandInput, store: LmdbStore, seal: Seal): Promise<void> {
  if (name === undefined) throw new ConfigurationError('forget: give the name of the tasks to remove')
  const waiting = [...tasksIn(store, seal)].filter(
    ({ task, end, letter }) => task?.name === name && end === null && letter === null,
  )
  const places = waiting.flatMap(({ key }) => placeOf(key) ?? [])
  const gone = new Set(waiting.map(({ key }) => key))
  const unique = [...store.entries({ from: 'u:', to: 'u;' })].filter(({ value }) =>
    gone.has(Buffer.from(value).toString()),
  )
  await writeAll(new TaskStore(store, seal), [
    ...places.flatMap((place) => removalOf(place)),
    ...unique.map(({ key }) => ({ key, value: undefined })),
  ])
  print(`removed ${places.length} ${places.length === 1 ? 'task' : 'tasks'} named '${name}'`)
}

async function writeAll(store: TaskStore, changes: readonly Change[]): Promise<void> {
  for (let from = 0; from < changes.length; from += PER_COMMIT)
    await store.write(changes.slice(from, from + PER_COMMIT))
}

/**
 * By a copy that takes the place of the file in one step: a crash leaves the one or the other. The file that is replaced is
 * not released, so that nobody takes it between.
 */
async function compact({ directory, print }: CommandInput): Promise<void> {
  const copy = `${directory.replace(/[/\\]+$/, '')}.compact-${process.pid}`
  const store = new LmdbStore(directory, { synced: true, existing: true })
  const before = store.figures().bytes
  try {
    claim(store, systemClock.epochMs())
    try {
      identify(store)
      await makeCopy(store, copy)
    } catch (error) {
      await release(store)
      throw error
    }
    await store.close()
    const { size } = statSync(join(copy, DATA_FILE))
    renameSync(join(copy, DATA_FILE), join(directory, DATA_FILE))
    print(`${directory}: ${mebibytes(before)} MiB before, ${mebibytes(size)} MiB now`)
  } finally {
    await store.close()
    rmSync(copy, { recursive: true, force: true })
  }
}

async function makeCopy(store: LmdbStore, directory: string): Promise<void> {
  await store.copyTo(directory)
  const copy = new LmdbStore(directory, { synced: true, existing: true })
  try {
    await release(copy)
  } finally {
    await copy.close()
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1)
}
