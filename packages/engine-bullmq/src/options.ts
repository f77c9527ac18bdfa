// The options of the engine: those of every engine, its own ones, and both out of an engine URL.
import { hostname } from 'node:os'
import { ConfigurationError, UnsupportedByEngineError, checkOptions, is } from '@catzilla/engine'
import type { EngineOptions, OptionTable } from '@catzilla/engine'

const SILENCE_MS = 10_000

/** What a process does: submit, run, or both. */
export type Role = 'both' | 'producer' | 'worker'

/** All optional. In an engine URL they stand behind the `?`: `redis://localhost?role=worker&prefix=shop`. */
export interface BullmqOptions extends EngineOptions {
  /** `'both'` (default): submits tasks and runs them; `'producer'`: only submits; `'worker'`: only runs. */
  readonly role?: Role
  /** Begins the names of keys (Redis), or is the schema (PostgreSQL): `catzilla`. Engines with the same one share their tasks. */
  readonly prefix?: string
  /** What runs the bodies in this process: `'auto'` (default), `'native'` or `'typescript'`. */
  readonly local?: 'auto' | 'native' | 'typescript'
  /** After so many milliseconds without a renewal a task counts as lost and is run elsewhere: 30000. */
  readonly lockMs?: number
  /** How often a task may be lost before it fails: 3. */
  readonly maxRecoveries?: number
  /** Those who wait are told after so many milliseconds without a connection: 60000. */
  readonly connectionLossMs?: number
  /** A connection that has not answered for so many milliseconds is taken for silent, and made anew: 10000. */
  readonly silenceMs?: number
  /** Name of this worker, which stands with the tasks it runs: host and pid. */
  readonly workerName?: string
}

export interface ResolvedBullmqOptions extends Required<Omit<BullmqOptions, keyof EngineOptions>> {
  readonly url: string
  /** For the local engine. */
  readonly engine: EngineOptions
}

export const bullmqOptionTable: OptionTable = {
  role: {
    byDefault: "'both'",
    accepts: "'both', 'producer' or 'worker'",
    about: 'Whether this process submits tasks, runs them, or both.',
    check: is.oneOf('both', 'producer', 'worker'),
  },
  prefix: {
    byDefault: "'catzilla'",
    accepts: 'letters, digits and _, beginning with a letter, 40 at most',
    about: 'Begins the keys in Redis; the schema in PostgreSQL. Engines with the same one share their tasks.',
    check: (value) => typeof value === 'string' && /^[a-zA-Z]\w{0,39}$/.test(value),
  },
  local: {
    byDefault: "'auto'",
    accepts: "'auto', 'native' or 'typescript'",
    about: 'The engine that runs bodies in this process.',
    check: is.oneOf('auto', 'native', 'typescript'),
  },
  lockMs: {
    byDefault: '30000',
    accepts: 'an integer 1000..3600000',
    about: 'A task whose lock is not renewed for so long is run elsewhere.',
    check: is.integer(1000, 3_600_000),
  },
  maxRecoveries: {
    byDefault: '3',
    accepts: 'an integer 0..1000',
    about: 'How often a task may be lost with its worker before it fails.',
    check: is.integer(0, 1000),
  },
  connectionLossMs: {
    byDefault: '60000',
    accepts: 'an integer ≥ 1000',
    about: 'Those who wait for a result are told after so long without a connection.',
    check: is.integer(1000),
  },
  silenceMs: {
    byDefault: '10000',
    accepts: 'an integer ≥ 1000',
    about: 'A connection that has not answered for so long is made anew.',
    check: is.integer(1000),
  },
  workerName: {
    byDefault: 'host and pid',
    accepts: 'a text',
    about: 'Stands with the tasks that this process runs.',
    check: is.text,
  },
}

const numeric: ReadonlySet<string> = new Set(['lockMs', 'maxRecoveries', 'connectionLossMs', 'silenceMs'])

/** @throws ConfigurationError, UnsupportedByEngineError for a clock of the caller's */
export function resolveBullmqOptions(url: string, asked: BullmqOptions): ResolvedBullmqOptions {
  const { bare, own: inUrl } = takeApart(url)
  const { role, prefix, local, lockMs, maxRecoveries, connectionLossMs, silenceMs, workerName, ...engine } = asked
  const given = { role, prefix, local, lockMs, maxRecoveries, connectionLossMs, silenceMs, workerName }
  const own: BullmqOptions = {
    ...inUrl,
    ...Object.fromEntries(Object.entries(given).filter(([, each]) => each !== undefined)),
  }
  checkOptions(bullmqOptionTable, own, 'engine-bullmq')
  if (engine.clock !== undefined) {
    throw new UnsupportedByEngineError(
      'clock: the bullmq engine takes its time from the broker and the system; use a local engine to test with a virtual clock',
    )
  }
  return Object.freeze({
    url: bare,
    role: own.role ?? 'both',
    prefix: own.prefix ?? 'catzilla',
    local: own.local ?? 'auto',
    lockMs: own.lockMs ?? 30_000,
    maxRecoveries: own.maxRecoveries ?? 3,
    connectionLossMs: own.connectionLossMs ?? 60_000,
    silenceMs: own.silenceMs ?? SILENCE_MS,
    workerName: own.workerName ?? `${hostname()}/${process.pid}`,
    engine,
  })
}

/** The URL without our options, which are taken out of its query. */
function takeApart(url: string): { readonly bare: string; readonly own: BullmqOptions } {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new ConfigurationError(
      'engine: an engine URL looks like redis://host:6379/0, rediss://… or postgres://user@host:5432/database; what was given cannot be read as one',
    )
  }
  const own: Record<string, unknown> = {}
  for (const name of Object.keys(bullmqOptionTable)) {
    const value = parsed.searchParams.get(name)
    if (value === null) continue
    own[name] = numeric.has(name) ? Number(value) : value
    parsed.searchParams.delete(name)
  }
  return { bare: parsed.toString(), own }
}
