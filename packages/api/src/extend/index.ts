// The door `@catzilla/api/extend`: for packages that build on the API, such as workflows. Applications do not need it.
export { arityOf, byReference, clockOf, isTask, recordsOf, taskFor } from './task-access.ts'
export type { RunnableBody } from './task-access.ts'
export {
  callSafely,
  checkOptions,
  copyArguments,
  describeValue,
  is,
  nearest,
  systemClock,
  toError,
} from '@catzilla/engine'
export type { Alarm, Clock, EngineRecords, OptionTable, RecordChange, TaskHandle, TaskHandler } from '@catzilla/engine'
