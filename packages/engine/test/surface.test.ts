// What each door of the package exports: a change here is a change for users.
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import * as conformance from '../src/conformance/index.ts'
import * as main from '../src/index.ts'
import * as testing from '../src/testing/index.ts'

const namesOf = (door: object): string[] => Object.keys(door).toSorted()

test('@catzilla/engine', () => {
  expect(namesOf(main)).toMatchInlineSnapshot(`
    [
      "BackgroundTasksNotEnabledError",
      "CatzillaError",
      "CompileError",
      "ConfigurationError",
      "EngineClosedError",
      "EngineUnavailableError",
      "EventStream",
      "KeepAlive",
      "MemoryLimitError",
      "NO_STEP",
      "NonRetryableError",
      "PayloadError",
      "QueueFullError",
      "Settling",
      "StepEnd",
      "StoreError",
      "TaskCancelledError",
      "TaskCrashedError",
      "TaskDefinitionError",
      "TaskExpiredError",
      "TaskPriority",
      "TaskStateError",
      "TaskTimeoutError",
      "UniqueKeyConflictError",
      "UnknownTaskError",
      "UnsupportedByEngineError",
      "WaitTimeoutError",
      "WorkflowError",
      "allSettled",
      "arrayTypeNames",
      "bodyOfRows",
      "builtInKernels",
      "callSafely",
      "checkOptions",
      "classTargetsMs",
      "copyArguments",
      "createNativeEngine",
      "createTypeScriptEngine",
      "currentTask",
      "defaultTaskOptions",
      "deferred",
      "describeValue",
      "engineEventTypes",
      "engineOptionTable",
      "errorTable",
      "formatPath",
      "insideIsolate",
      "is",
      "isRetryable",
      "isSettled",
      "isSlotKey",
      "kernelNamed",
      "kernelTypes",
      "laneNames",
      "markWrapped",
      "memoryTerms",
      "nearest",
      "packError",
      "priorityNames",
      "rejected",
      "resolveEngineOptions",
      "resolvePriority",
      "resolveTaskOptions",
      "retryDelayMs",
      "rowByRow",
      "selectEngine",
      "slotKey",
      "systemClock",
      "taskOptionTable",
      "taskStatuses",
      "taskTransitions",
      "toError",
      "unpackError",
    ]
  `)
})

test('@catzilla/engine/testing', () => {
  expect(namesOf(testing)).toMatchInlineSnapshot(`
    [
      "VirtualClock",
      "copyArguments",
      "copyResult",
      "createSwitchableEngine",
    ]
  `)
})

test('@catzilla/engine/conformance', () => {
  expect(namesOf(conformance)).toMatchInlineSnapshot(`
    [
      "conformanceCases",
      "conformanceReport",
      "describeEngine",
      "runConformanceCase",
    ]
  `)
})

test('there is no other door', () => {
  expect(Object.keys(manifest.exports)).toEqual(['.', './conformance', './testing', './package.json'])
})
