// The door `@catzilla/api/extend`: for packages that build on the API, such as workflows. Applications do not need it.
export { engineOf, graphStepOf, submitGraph } from './graphs.ts'
export { arityOf, byReference, clockOf, isTask, recordsOf, taskFor } from './task-access.ts'
export type { RunnableBody } from './task-access.ts'
export {
  Settling,
  callSafely,
  checkOptions,
  copyArguments,
  describeValue,
  is,
  NO_STEP,
  nearest,
  StepEnd,
  systemClock,
  toError,
} from '@catzilla/engine'
export type {
  Alarm,
  CallGraph,
  CallGraphEnd,
  Clock,
  EngineRecords,
  GraphStep,
  GraphTerms,
  OptionTable,
  RecordChange,
  TaskHandle,
  TaskHandler,
} from '@catzilla/engine'
