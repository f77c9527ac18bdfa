// The engine of an isolate: it knows the tasks that modules define there, and runs nothing.
import type { EngineCapabilities } from '../../contract/capabilities.ts'
import { TaskDefinitionError, UnsupportedByEngineError, describeValue } from '../../contract/errors.ts'
import type { EngineStatistics } from '../../contract/statistics.ts'
import type { ShutdownReport, TaskEngine, TaskPage } from '../../contract/task-engine.ts'
import type { TaskCall, TaskDefinition, TaskHandle, TaskInfo } from '../../contract/task.ts'
import { TypeScriptEngine } from '../../typescript/typescript-engine.ts'
import { moduleUrl } from '../code/module-url.ts'
import type { Registrar } from './registrar.ts'

/** Whatever a definition asks for is checked where the task is submitted: here it is all the same. */
const capabilities: EngineCapabilities = Object.freeze({
  inlineLane: true,
  threadLane: true,
  processLane: true,
  nativeLane: true,
  adHocTasks: true,
  durable: false,
  distributed: false,
  hardTimeouts: true,
  resultsByReference: false,
  scalesInline: false,
  scalesWorkers: false,
  measuresTasks: false,
  virtualClock: true,
})

/**
 * What `createTasks` and the makers of engines give inside a thread or process of a lane. Life cycle, pauses and listeners
 * do nothing, so that modules may do at their top level what they do elsewhere; what needs tasks is an error.
 */
export class RegisteringEngine implements TaskEngine {
  readonly name = 'isolate'
  readonly capabilities: EngineCapabilities = capabilities
  readonly #registrar: Registrar

  constructor(registrar: Registrar) {
    this.#registrar = registrar
  }

  async start(): Promise<void> {}

  /** @throws TaskDefinitionError */
  register({ name, handler, options }: TaskDefinition): void {
    if (typeof handler !== 'function') {
      throw new TaskDefinitionError(`task '${name}': the handler must be a function, got ${describeValue(handler)}`)
    }
    const { module } = options
    this.#registrar.define({ name, handler, url: module === undefined ? undefined : moduleUrl(name, module) })
  }

  submit({ name }: TaskCall): TaskHandle {
    throw unsupported(`task '${name}': tasks cannot be submitted`)
  }

  submitMany({ name }: TaskCall): TaskHandle[] {
    throw unsupported(`task '${name}': tasks cannot be submitted`)
  }

  async room(): Promise<void> {
    throw unsupported('tasks cannot be submitted')
  }

  async cancel(taskId: string): Promise<boolean> {
    throw unsupported(`task ${describeValue(taskId)} cannot be cancelled`)
  }

  async retry(taskId: string): Promise<TaskHandle> {
    throw unsupported(`task ${describeValue(taskId)} cannot be submitted again`)
  }

  async find(taskId: string): Promise<TaskInfo | undefined> {
    throw unsupported(`task ${describeValue(taskId)} cannot be looked up`)
  }

  async list(): Promise<TaskPage> {
    throw unsupported('tasks cannot be listed')
  }

  async pause(): Promise<void> {}

  async resume(): Promise<void> {}

  async scale(): Promise<void> {
    throw unsupported('workers cannot be scaled')
  }

  async drain(): Promise<void> {}

  /** All zero: it is those of an engine that was never started. */
  snapshot(): EngineStatistics {
    return { ...new TypeScriptEngine().snapshot(), engine: this.name }
  }

  subscribe(): () => void {
    return () => {}
  }

  async stop(): Promise<ShutdownReport> {
    return { completed: 0, cancelled: 0, requeued: 0, abandoned: [] }
  }
}

function unsupported(what: string): UnsupportedByEngineError {
  return new UnsupportedByEngineError(
    `${what} from inside a thread/process lane task; return what is to be done, or do it in the main process`,
  )
}
