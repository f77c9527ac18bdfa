// What the door exports, by name: a change here is a change that users notice.
import * as door from '@catzilla/workflow'
import { expect, test } from 'vitest'

test('@catzilla/workflow', () => {
  expect(Object.keys(door).toSorted()).toMatchInlineSnapshot(`
    [
      "MemoryStore",
      "TaskChain",
      "Workflow",
      "WorkflowBuilder",
      "WorkflowError",
      "WorkflowRun",
      "WorkflowRuns",
      "toMermaid",
      "workflow",
      "workflowOf",
    ]
  `)
})
