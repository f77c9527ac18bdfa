// The errors users catch, from the one table that defines them.
export {
  BackgroundTasksNotEnabledError,
  CatzillaError,
  CompileError,
  ConfigurationError,
  EngineClosedError,
  EngineUnavailableError,
  MemoryLimitError,
  TaskCrashedError,
  NonRetryableError,
  PayloadError,
  QueueFullError,
  TaskCancelledError,
  TaskDefinitionError,
  TaskExpiredError,
  TaskStateError,
  TaskTimeoutError,
  UniqueKeyConflictError,
  UnknownTaskError,
  UnsupportedByEngineError,
  WaitTimeoutError,
} from '@catzilla/engine'
export type { ErrorCode, ErrorName, PayloadIssue } from '@catzilla/engine'
