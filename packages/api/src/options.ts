// The options of `createTasks`: those of the engine, and what is decided above it.
import { ConfigurationError, checkOptions, engineOptionTable, is, resolveTaskOptions } from '@catzilla/engine'
import type { DurableConfig } from './durable.ts'
import { pinnedToLane } from './pinned-lane.ts'
import type { EngineChoice, EngineOptions, OptionTable, ResolvedTaskOptions, TaskOptions } from '@catzilla/engine'

/** All optional: zero configuration works. */
export interface TasksOptions extends EngineOptions {
  /** `'auto'` (default), an engine's name, an engine URL, or an engine; else `CATZILLA_ENGINE` decides. */
  readonly engine?: EngineChoice
  /** Directory in which a local engine keeps its tasks across crashes, or that and how; else `CATZILLA_DURABLE`. */
  readonly durable?: string | DurableConfig
  /** Whether bodies may be compiled to C where that is exact: `'auto'` (default) or false. */
  readonly compile?: 'auto' | false
  /** Longest time, in milliseconds, that `shutdown` waits for tasks: 30000. */
  readonly shutdownTimeoutMs?: number
  /** Shuts down on SIGTERM and SIGINT: false. */
  readonly handleSignals?: boolean
  /** Options of every task that does not set them itself. */
  readonly taskDefaults?: TaskOptions
}

export const tasksOptionTable: OptionTable = {
  ...engineOptionTable,
  engine: {
    byDefault: "'auto'",
    accepts: "'auto', an engine's name, an engine URL or a TaskEngine",
    about: 'What runs the tasks.',
    check: (value) => is.text(value) || is.object(value),
  },
  durable: {
    byDefault: 'none',
    accepts: 'a directory, or { directory, … } with the options of @catzilla/durable',
    about: 'Keeps tasks across crashes.',
    // what is in it is checked where no secret of it is shown
    check: (value) => is.text(value) || is.object(value),
  },
  compile: {
    byDefault: "'auto'",
    accepts: "'auto' or false",
    about: 'Compiling to C.',
    check: is.oneOf('auto', false),
  },
  shutdownTimeoutMs: {
    byDefault: '30000',
    accepts: 'a number of milliseconds ≥ 0, or Infinity',
    about: 'Longest shutdown.',
    check: (value) => typeof value === 'number' && value >= 0,
  },
  handleSignals: { byDefault: 'false', accepts: 'true or false', about: 'Obey SIGTERM and SIGINT.', check: is.boolean },
  taskDefaults: { byDefault: '{}', accepts: 'options of a task', about: 'Defaults of tasks.', check: is.object },
}

/** The options of `shutdown`. */
export const shutdownTable: OptionTable = {
  waitForCompletion: {
    byDefault: 'true',
    accepts: 'true or false',
    about: 'Whether to run what waits.',
    check: is.boolean,
  },
  timeoutMs: {
    byDefault: 'shutdownTimeoutMs',
    accepts: 'a number of milliseconds ≥ 0, or Infinity',
    about: 'Longest time to wait.',
    check: (value) => typeof value === 'number' && value >= 0,
  },
}

export interface ResolvedTasksOptions {
  readonly engineOptions: EngineOptions
  readonly durable: string | DurableConfig | undefined
  readonly shutdownTimeoutMs: number
  readonly handleSignals: boolean
  readonly taskDefaults: ResolvedTaskOptions
}

/** @throws ConfigurationError naming the option, the value it got and what it accepts */
export function resolveTasksOptions(
  asked: TasksOptions,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedTasksOptions {
  checkOptions(tasksOptionTable, asked, 'createTasks')
  const { engine, durable, compile, shutdownTimeoutMs, handleSignals, taskDefaults, ...engineOptions } = asked
  const given = Object.entries(engineOptions).flatMap(([name, value]) =>
    value === undefined || name === 'clock' ? [] : [name],
  )
  if (typeof engine === 'object' && given.length > 0) {
    throw new ConfigurationError(
      `createTasks: ${given.join(', ')} cannot be applied to an engine that was made before; set them there`,
    )
  }
  return {
    engineOptions,
    durable: durable ?? (env['CATZILLA_DURABLE'] || undefined),
    shutdownTimeoutMs: shutdownTimeoutMs ?? 30_000,
    handleSignals: handleSignals ?? false,
    taskDefaults: resolveTaskOptions(
      { ...(compile === undefined ? {} : { compile }), ...pinnedToLane(taskDefaults) },
      undefined,
      'createTasks: taskDefaults',
    ),
  }
}
