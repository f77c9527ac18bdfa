// What there is to know of each error of the product. The documentation of errors is generated from it.

/** The names of all errors of the product. */
export type ErrorName =
  | 'QueueFullError'
  | 'TaskTimeoutError'
  | 'WaitTimeoutError'
  | 'TaskCancelledError'
  | 'TaskExpiredError'
  | 'MemoryLimitError'
  | 'TaskCrashedError'
  | 'PayloadError'
  | 'TaskDefinitionError'
  | 'CompileError'
  | 'EngineUnavailableError'
  | 'EngineClosedError'
  | 'UnsupportedByEngineError'
  | 'UnknownTaskError'
  | 'TaskStateError'
  | 'UniqueKeyConflictError'
  | 'BackgroundTasksNotEnabledError'
  | 'NonRetryableError'
  | 'ConfigurationError'
  | 'WorkflowError'
  | 'StoreError'

/** What an error is told by across threads, processes and brokers. */
export type ErrorCode = `ERR_CATZILLA_${string}`

/** What there is to know of an error. */
export interface ErrorRow {
  readonly code: ErrorCode
  /** When it is thrown. */
  readonly when: string
  /** What to do about it. */
  readonly remedy: string
}

/** Each error by its name. */
export const errorTable: Readonly<Record<ErrorName, ErrorRow>> = {
  QueueFullError: {
    code: 'ERR_CATZILLA_QUEUE_FULL',
    when: 'A task is submitted while `queueSize` tasks are queued or scheduled.',
    remedy: 'Wait for room with `await task.enqueue(...)`, raise `queueSize`, or shed load at the caller.',
  },
  TaskTimeoutError: {
    code: 'ERR_CATZILLA_TASK_TIMEOUT',
    when: 'An attempt ran longer than `timeoutMs`.',
    remedy: 'Raise `timeoutMs`, do less per task, or pass `currentTask().signal` to what the task waits for.',
  },
  WaitTimeoutError: {
    code: 'ERR_CATZILLA_WAIT_TIMEOUT',
    when: '`wait(timeoutMs)` gave up waiting. The task itself goes on.',
    remedy: 'Wait longer, or cancel the task if its result is no longer wanted.',
  },
  TaskCancelledError: {
    code: 'ERR_CATZILLA_TASK_CANCELLED',
    when: 'The task was cancelled, by its handle, its id, its `signal`, or a replacement with the same `uniqueKey`.',
    remedy: 'Nothing to mend: the message carries the reason given. Submit again if the work is still wanted.',
  },
  TaskExpiredError: {
    code: 'ERR_CATZILLA_TASK_EXPIRED',
    when: 'The task had not started `expireAfterMs` after its submission.',
    remedy: 'Raise `expireAfterMs` or the priority, or find out with `getStats()` why the queue is slow.',
  },
  MemoryLimitError: {
    code: 'ERR_CATZILLA_MEMORY_LIMIT',
    when: 'A task used more memory than `memoryLimitMb` in a lane that measures it.',
    remedy: 'Raise `memoryLimitMb` or work on smaller pieces.',
  },
  TaskCrashedError: {
    code: 'ERR_CATZILLA_TASK_CRASHED',
    when: 'The thread or process that ran the task ended: `process.exit`, a signal, an uncaught exception of code it had started.',
    remedy:
      'The message says what ended it; catch errors of timers and events in the body, and do not call `process.exit`.',
  },
  PayloadError: {
    code: 'ERR_CATZILLA_PAYLOAD',
    when: 'An argument cannot be copied to another thread or process, or arguments or a result do not fit their schema.',
    remedy: 'Pass plain data; `issues` lists each path and what is wrong there.',
  },
  TaskDefinitionError: {
    code: 'ERR_CATZILLA_TASK_DEFINITION',
    when: 'A task is defined or used in a way that cannot work: a name taken twice, a handler that is no function, …',
    remedy: 'The message names the task and what to change.',
  },
  CompileError: {
    code: 'ERR_CATZILLA_COMPILE',
    when: "A task with `compile: 'require'` cannot be compiled.",
    remedy: "See `task.explain()` for each blocker, or use `compile: 'auto'`.",
  },
  EngineUnavailableError: {
    code: 'ERR_CATZILLA_ENGINE_UNAVAILABLE',
    when: 'The engine asked for is not installed, does not load, or cannot be reached.',
    remedy: "Install the package that the message names, or use `engine: 'auto'`.",
  },
  EngineClosedError: {
    code: 'ERR_CATZILLA_ENGINE_CLOSED',
    when: 'A task is submitted to an engine that is shutting down, or had not started when the engine closed.',
    remedy: 'Submit before `shutdown()`, or make a new engine.',
  },
  UnsupportedByEngineError: {
    code: 'ERR_CATZILLA_UNSUPPORTED_BY_ENGINE',
    when: 'This engine cannot do what was asked; nothing is silently ignored.',
    remedy: 'Choose an engine whose `capabilities` include it, or leave the option out.',
  },
  UnknownTaskError: {
    code: 'ERR_CATZILLA_UNKNOWN_TASK',
    when: 'No task is defined with that name, or no task is kept with that id.',
    remedy: 'Define the task before it is used by name; raise `keepResultMs` to look up settled tasks for longer.',
  },
  TaskStateError: {
    code: 'ERR_CATZILLA_TASK_STATE',
    when: 'The task is in a state in which this cannot be done, such as retrying one that still runs.',
    remedy: 'Look at its `status` first; retry only failed, cancelled or expired tasks.',
  },
  UniqueKeyConflictError: {
    code: 'ERR_CATZILLA_UNIQUE_KEY_CONFLICT',
    when: "A task with the same `uniqueKey` has not settled yet and `onConflict` is 'reject'.",
    remedy: "Wait for the other task, or use `onConflict: 'existing'` or `'replace'`.",
  },
  BackgroundTasksNotEnabledError: {
    code: 'ERR_CATZILLA_BACKGROUND_TASKS_NOT_ENABLED',
    when: '`app.tasks` or `app.addTask` is used before background tasks were enabled on the app.',
    remedy: 'Call `enableBackgroundTasks(app, options)` first.',
  },
  NonRetryableError: {
    code: 'ERR_CATZILLA_NON_RETRYABLE',
    when: 'Thrown by a task to fail at once, whatever retries are left.',
    remedy: 'Nothing to mend in the engine: the task decided so.',
  },
  ConfigurationError: {
    code: 'ERR_CATZILLA_CONFIGURATION',
    when: 'An option is unknown, has a value it does not accept, or contradicts another one.',
    remedy: 'The message names the option, the value it got and what it accepts.',
  },
  WorkflowError: {
    code: 'ERR_CATZILLA_WORKFLOW',
    when: 'A workflow is wired in a way that cannot run (a cycle, an unknown or duplicate id, a step out of reach), or a step of a run failed.',
    remedy:
      'The message names the workflow and the step; `cause` is what the step threw, and `retry()` of the run goes on from there.',
  },
  StoreError: {
    code: 'ERR_CATZILLA_STORE',
    when: 'The directory of a durable engine cannot be opened, read or written; `reason` says which of the known causes it is.',
    remedy:
      'The message names the directory, the cause and what to do: free space, rights, another owner, a newer version, a damaged file.',
  },
}
