// What the doors export, by name: a change here is a change that users notice.
import * as api from '@catzilla/api'
import * as extend from '@catzilla/api/extend'
import * as testing from '@catzilla/api/testing'
import { expect, test } from 'vitest'

test('@catzilla/api', () => {
  expect(Object.keys(api).toSorted()).toMatchInlineSnapshot(`
    [
      "BackgroundTasks",
      "BackgroundTasksNotEnabledError",
      "CatzillaError",
      "CompileError",
      "ConfigurationError",
      "EngineClosedError",
      "EngineUnavailableError",
      "MemoryLimitError",
      "NonRetryableError",
      "PayloadError",
      "QueueFullError",
      "StoreError",
      "TaskBatch",
      "TaskCancelledError",
      "TaskCrashedError",
      "TaskDefinitionError",
      "TaskExpiredError",
      "TaskFuture",
      "TaskPriority",
      "TaskResult",
      "TaskStateError",
      "TaskTimeoutError",
      "UniqueKeyConflictError",
      "UnknownTaskError",
      "UnsupportedByEngineError",
      "WaitTimeoutError",
      "WorkflowError",
      "checkOptions",
      "createTasks",
      "currentTask",
      "engineEventTypes",
      "errorTable",
      "handleSignals",
      "insideTask",
      "is",
      "priorityNames",
      "taskOf",
    ]
  `)
})

test('@catzilla/api/extend', () => {
  expect(Object.keys(extend).toSorted()).toMatchInlineSnapshot(`
    [
      "NO_STEP",
      "Settling",
      "StepEnd",
      "arityOf",
      "byReference",
      "callSafely",
      "checkOptions",
      "clockOf",
      "copyArguments",
      "describeValue",
      "engineOf",
      "graphStepOf",
      "is",
      "isTask",
      "nearest",
      "recordsOf",
      "submitGraph",
      "systemClock",
      "taskFor",
      "toError",
    ]
  `)
})

test('@catzilla/api/testing', () => {
  expect(Object.keys(testing).toSorted()).toMatchInlineSnapshot(`
    [
      "TestTasks",
      "VirtualClock",
      "createTestTasks",
    ]
  `)
})

test('classes have the members that are documented, and no others', () => {
  const members = (Class: { prototype: object }): string[] => Object.getOwnPropertyNames(Class.prototype).toSorted()
  expect({
    BackgroundTasks: members(api.BackgroundTasks),
    TaskResult: members(api.TaskResult),
    TaskBatch: members(api.TaskBatch),
    TaskFuture: members(api.TaskFuture),
    TestTasks: members(testing.TestTasks),
  }).toMatchInlineSnapshot(`
    {
      "BackgroundTasks": [
        "addTask",
        "cancel",
        "constructor",
        "drain",
        "getSchedule",
        "getStats",
        "getTask",
        "kernel",
        "listTasks",
        "monitor",
        "on",
        "pause",
        "resume",
        "retry",
        "scale",
        "schedule",
        "schedules",
        "shutdown",
        "task",
        "taskMethod",
        "taskNamed",
        "taskNames",
        "unschedule",
      ],
      "TaskBatch": [
        "cancel",
        "completed",
        "constructor",
        "failed",
        "outcomes",
        "results",
        "size",
        "wait",
      ],
      "TaskFuture": [
        "cancel",
        "catch",
        "constructor",
        "finally",
        "then",
      ],
      "TaskResult": [
        "accepted",
        "addCallback",
        "cancel",
        "constructor",
        "future",
        "getStats",
        "isReady",
        "name",
        "outcome",
        "status",
        "taskId",
        "wait",
        "waitSync",
      ],
      "TestTasks": [
        "advance",
        "assertEnqueued",
        "constructor",
        "drain",
        "enqueued",
        "pause",
        "resume",
        "shutdown",
      ],
    }
  `)
})
