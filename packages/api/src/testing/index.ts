// The door `@catzilla/api/testing`: background tasks on a virtual clock, for tests of applications.
export { VirtualClock } from '@catzilla/engine/testing'
export { TestTasks, createTestTasks } from './test-tasks.ts'
export type { TestTasksOptions } from './test-tasks.ts'
