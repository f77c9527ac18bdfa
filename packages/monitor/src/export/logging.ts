// Engine events as lines of a logger of the application; loggers like pino take fields first and a message second.
import type { EngineEvent, EngineEventType, TaskEngine } from '@catzilla/engine'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** What is asked of a logger: a method for each level that is used. `isLevelEnabled` saves events that nobody would see. */
export type TaskLogger = {
  readonly [level in LogLevel]: (fields: object, message: string) => void
} & { isLevelEnabled?(level: LogLevel): boolean }

/** Levels by event; null: not at all. */
export type LogLevels = Readonly<Record<EngineEventType, LogLevel | null>>

const usual: LogLevels = {
  scheduled: 'trace',
  queued: 'trace',
  started: 'debug',
  progress: 'debug',
  completed: 'debug',
  failed: 'error',
  retrying: 'warn',
  cancelled: 'info',
  expired: 'warn',
  stalled: 'warn',
  scaled: 'info',
  drained: 'debug',
}

/**
 * Logs the events of an engine until the returned function is called. Arguments and results are never logged.
 * @param levels changes the levels of some events, or leaves them out by null
 * @example
 * const stop = logTasks(tasks.engine, pino())
 */
export function logTasks(
  engine: Pick<TaskEngine, 'subscribe'>,
  logger: TaskLogger,
  levels: Partial<LogLevels> = {},
): () => void {
  const chosen = Object.entries({ ...usual, ...levels }) as [EngineEventType, LogLevel | null][]
  const leave = chosen.flatMap(([type, level]) => {
    if (level === null || logger.isLevelEnabled?.(level) === false) return []
    return [engine.subscribe([type], (event) => logger[level](fieldsOf(event), messageOf(event)))]
  })
  return () => {
    for (const stop of leave.splice(0)) stop()
  }
}

/** pino writes errors under `err`. */
function fieldsOf(event: EngineEvent): object {
  const { type, ...fields } = event
  if ('outcome' in fields) {
    const { outcome: _, ...known } = fields
    return { event: type, ...known }
  }
  if (!('error' in fields)) return { event: type, ...fields }
  const { error, ...known } = fields
  return { event: type, ...known, err: error }
}

function messageOf(event: EngineEvent): string {
  if (event.type === 'scaled') return `${event.what} from ${event.from} to ${event.to}: ${event.reason}`
  if (event.type === 'drained') return 'nothing is left to do'
  const what = `task ${event.name} ${event.type}`
  return 'error' in event ? `${what}: ${event.error.message}` : what
}
