// The native engine: the walk with its inline lane for bodies in JavaScript, and a lane of C worker threads for kernels.
import type { NativeCore } from '@catzilla/core-c'
import type { BodyReport, ColumnsWay, LoadCompiler } from '../contract/body-compiler.ts'
import type { CallGraph, CallGraphEnd, GraphStep, GraphTerms } from '../contract/call-graph.ts'
import type { EngineCapabilities } from '../contract/capabilities.ts'
import {
  ConfigurationError,
  EngineUnavailableError,
  PayloadError,
  UnsupportedByEngineError,
  toError,
} from '../contract/errors.ts'
import type { EngineEventType, EngineListener } from '../contract/events.ts'
import type { EngineMeasurements } from '../contract/measurements.ts'
import type { EngineStatistics } from '../contract/statistics.ts'
import type {
  ScaleTarget,
  ShutdownReport,
  StopOptions,
  TaskEngine,
  TaskPage,
  TaskQuery,
} from '../contract/task-engine.ts'
import type { TaskKeeper, TaskPast } from '../contract/task-keeper.ts'
import type { TaskCall, TaskDefinition, TaskHandle, TaskHandler, TaskInfo } from '../contract/task.ts'
import { checkKernelArguments } from '../kernels/check-arguments.ts'
import { isolateLanes } from '../isolates/isolate-lanes.ts'
import { resolveEngineOptions } from '../options/engine-options.ts'
import type { EngineOptions, ResolvedEngineOptions } from '../options/engine-options.ts'
import type { NamedTask, Plan } from '../typescript/plan.ts'
import type { SideLane } from '../typescript/side-lane.ts'
import { WalkEngine } from '../typescript/walk-engine.ts'
import type { Annex, WalkParts } from '../typescript/walk-engine.ts'
import { GraphCalls, whyNoStep } from './graph-calls.ts'
import { checkColumns, requireColumnsKernel } from './kernel-columns.ts'
import { figuresAtRest } from './native-figures.ts'
import { KernelLane } from './kernel-lane.ts'
import { signatureOf } from './kernel-plan.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { NativeSide } from './native-side.ts'
import { noStep } from './tiers/body-in-graphs.ts'
import { Tiers } from './tiers/tiers.ts'
import { nativeCapabilities } from './capabilities.ts'

/** Most threads that C runs. */
const MOST_WORKERS = 256

/** @throws ConfigurationError */
function withinBounds(options: ResolvedEngineOptions): ResolvedEngineOptions {
  if (options.workers <= MOST_WORKERS) {
    return Object.freeze({ ...options, maxWorkers: Math.min(options.maxWorkers, MOST_WORKERS) })
  }
  throw new ConfigurationError(
    `engine options: the native engine has at most ${MOST_WORKERS} workers, got workers ${options.workers}`,
  )
}

export class NativeEngine implements TaskEngine {
  readonly name = 'native'
  readonly capabilities: EngineCapabilities = nativeCapabilities
  readonly #options: ResolvedEngineOptions
  readonly #core: NativeCore
  readonly #engine: WalkEngine
  readonly #lane: KernelLane
  readonly #graphs = new GraphCalls()
  #side: NativeSide | null = null
  #tiers: Tiers | null = null
  #latestCall: TaskCall | null = null
  #latestKernel: KernelPlan | null = null

  constructor(core: NativeCore, options?: EngineOptions) {
    this.#options = withinBounds(resolveEngineOptions(options))
    this.#core = core
    const keepsTime = this.#options.clock.processTime === true
    let lane: KernelLane | undefined
    const isolates = (parts: WalkParts): readonly SideLane[] => isolateLanes(parts, this.#options)
    this.#engine = new WalkEngine(this.#options, this, isolates, (parts) => {
      lane = new KernelLane(parts, keepsTime)
      return this.#annex(lane)
    })
    this.#lane = lane ?? new KernelLane(this.#engine.parts, keepsTime)
  }

  /** Starts the threads: an engine that is only looked at costs none. */
  async start(): Promise<void> {
    try {
      this.#side = new NativeSide(this.#core, this.#engine.parts, this.#lane, this.#options)
    } catch (thrown) {
      throw new EngineUnavailableError(
        `the native engine cannot start: ${toError(thrown).message}; use fewer workers, a smaller queueSize or engine: 'typescript'`,
        { cause: thrown },
      )
    }
    const { occupancy, gatekeeper } = this.#engine.parts.walk
    occupancy.elsewhere = this.#side.express
    gatekeeper.gateMade = (named) => this.#side?.recall.moveAll(named)
    this.#lane.open(this.#side)
    await this.#engine.start()
  }

  register(definition: TaskDefinition): void {
    this.#engine.register(definition)
    if (this.#mayCompile(definition)) this.#tiers?.expect(definition, definition.handler)
  }

  submit(call: TaskCall, args: readonly unknown[]): TaskHandle {
    if (call.options.lane !== 'native') return this.#submitBody(call, args)
    const kernel = this.#kernelFor(call)
    const side = this.#side
    if (kernel === null || side === null || !side.express.takes(kernel)) return this.#engine.submit(call, args)
    return side.express.submit(kernel, args)
  }

  submitMany(call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskHandle[] {
    const best = this.#bestForAll(call, argsList)
    const kernel = this.#kernelFor(best)
    const express = this.#side?.express
    if (kernel === null || express === undefined) return this.#engine.submitMany(best, argsList)
    if (!express.takes(kernel) || !express.hasSlots(argsList.length)) return this.#engine.submitMany(best, argsList)
    return express.submitMany(kernel, argsList)
  }

  #submitBody(call: TaskCall, args: readonly unknown[]): TaskHandle {
    const best = this.#bestFor(call, args)
    return best === call || best.options.lane !== 'native' ? this.#engine.submit(best, args) : this.submit(best, args)
  }

  /** The call as it runs best: a body in JavaScript may be compiled by now. */
  #bestFor(call: TaskCall, args: readonly unknown[]): TaskCall {
    if (this.#tiers === null || !this.#mayCompile(call)) return call
    const handler = this.#handlerOf(call)
    return handler === undefined ? call : this.#tiers.callFor(call, handler, args)
  }

  /** One call for all of them: in C if each of them may run there. */
  #bestForAll(call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskCall {
    const [first] = argsList
    if (first === undefined) return call
    const best = this.#bestFor(call, first)
    if (best === call) return call
    const others = argsList.slice(1)
    return others.every((args) => this.#bestFor(call, args) === best) ? best : call
  }

  useCompiler(load: LoadCompiler): void {
    this.#tiers = new Tiers(this.#core, load)
  }

  reportOf(call: TaskCall): BodyReport | undefined {
    const handler = this.#handlerOf(call)
    return handler === undefined ? undefined : this.#tiers?.report(call, handler)
  }

  columnsOf(call: TaskCall, columns: number, rows: number): ColumnsWay | undefined {
    if (!this.#mayCompile(call)) return undefined
    const handler = this.#handlerOf(call)
    return handler === undefined ? undefined : this.#tiers?.columnsFor(call, handler, columns, rows)
  }

  graphStepOf(call: TaskCall, args: number): GraphStep {
    const { walk, plans } = this.#engine.parts
    const handler = this.#handlerOf(call)
    if (this.#tiers === null || this.#side === null || handler === undefined) {
      return noStep(this.#tiers === null ? 'this engine compiles no bodies' : 'the engine has not been started')
    }
    if (!this.#lane.keepsTime) return noStep('the time of its engine is not that of C')
    const why = whyNoStep(call, plans.nameFor(call.name, call.plain), walk.events)
    return why === undefined ? this.#tiers.stepOf(call, handler, args) : noStep(why)
  }

  submitGraph(terms: GraphTerms, graph: CallGraph): TaskHandle<CallGraphEnd> {
    const [first] = graph.calls
    if (first === undefined) throw new PayloadError(`graph '${terms.name}': a graph has at least one call`)
    return this.#engine.submit(this.#graphs.callFor(terms, first), [graph]) as TaskHandle<CallGraphEnd>
  }

  #mayCompile({ options: { lane, compile } }: TaskCall | TaskDefinition): boolean {
    return this.#tiers !== null && lane === 'inline' && compile !== false
  }

  #handlerOf(call: TaskCall): TaskHandler | undefined {
    return call.handler ?? this.#engine.parts.plans.nameFor(call.name).handler
  }

  /** The plan of a call for the native lane; null for other lanes. */
  #kernelFor(call: TaskCall): KernelPlan | null {
    if (call.options.lane !== 'native') return null
    if (call === this.#latestCall) return this.#latestKernel
    const kernel = this.#side?.kernelPlanOf(this.#engine.parts.plans.planFor(call)) ?? null
    this.#latestCall = call
    this.#latestKernel = kernel
    return kernel
  }

  keepWith(keeper: TaskKeeper): void {
    this.#engine.keepWith(keeper)
  }

  /** By the walk, which knows tasks of the past. */
  takeUp(call: TaskCall, args: readonly unknown[], past: TaskPast): TaskHandle {
    return this.#engine.takeUp(this.#bestFor(call, args), args, past)
  }

  room(): Promise<void> {
    return this.#engine.room()
  }

  async cancel(taskId: string, reason?: string): Promise<boolean> {
    return this.#side?.inspection.find(taskId)?.cancel(reason) ?? this.#engine.cancel(taskId, reason)
  }

  async retry(taskId: string): Promise<TaskHandle> {
    const task = this.#side?.inspection.find(taskId)
    if (task === undefined) return this.#engine.retry(taskId)
    const { status, plan } = task
    const { args } = task.info()
    return this.#engine.repeat({ taskId, status, plan, args })
  }

  find(taskId: string): Promise<TaskInfo | undefined> {
    return this.#engine.find(taskId)
  }

  list(query?: TaskQuery): Promise<TaskPage> {
    return this.#engine.list(query)
  }

  async pause(name?: string): Promise<void> {
    await this.#engine.pause(name)
    if (name === undefined) this.#side?.binding.pause(true)
    else this.#lane.recall(this.#engine.parts.plans.nameFor(name))
  }

  async resume(name?: string): Promise<void> {
    if (name === undefined) this.#side?.binding.pause(false)
    await this.#engine.resume(name)
  }

  async scale({ workers, inlineConcurrency, reason }: ScaleTarget): Promise<void> {
    const { minWorkers, maxWorkers } = this.#options
    if (workers !== undefined && (workers < minWorkers || workers > maxWorkers)) {
      throw new ConfigurationError(
        `scale target: workers accepts ${minWorkers}..${maxWorkers}, as minWorkers and maxWorkers say, got ${workers}`,
      )
    }
    if (inlineConcurrency !== undefined) {
      await this.#engine.scale({ inlineConcurrency, ...(reason === undefined ? {} : { reason }) })
    }
    const side = this.#side
    if (workers === undefined || side === null || workers === side.workers) return
    const from = side.workers
    side.scale(workers)
    this.#engine.tellScaled('workers', from, workers, reason)
  }

  drain(): Promise<void> {
    return this.#engine.drain()
  }

  snapshot(): EngineStatistics {
    return this.#engine.snapshot()
  }

  measurements(): EngineMeasurements {
    return this.#engine.measurements()
  }

  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void {
    return this.#engine.subscribe(types, listener)
  }

  async stop(options: StopOptions): Promise<ShutdownReport> {
    const report = await this.#engine.stop(options)
    await this.#tiers?.close()
    this.#side?.close()
    return report
  }

  #annex(lane: KernelLane): Annex {
    return {
      compiles: () => this.#tiers !== null,
      terms: { lane, accept: (call, named) => this.#accept(call, named) },
      tasks: {
        find: (taskId) => this.#side?.inspection.find(taskId),
        tasks: () => this.#side?.inspection.tasks() ?? [],
      },
      end: {
        cancelWaiting: (dueAfter, why) => this.#side?.cancelWaiting(dueAfter, why) ?? 0,
        abandonRunning: (why) => this.#side?.abandonRunning(why) ?? [],
      },
      compiled: () => this.#tiers?.figures() ?? { bodies: 0, calls: 0, bails: 0 },
      figures: () => this.#side?.figures() ?? figuresAtRest(this.#options),
    }
  }

  /** @throws UnsupportedByEngineError without a kernel, TaskDefinitionError for one that is not there */
  #accept({ name, columns, graph, kernel: asked }: TaskCall, named: NamedTask): Plan['check'] {
    const reference = asked ?? named.kernel
    if (reference === undefined) {
      throw new UnsupportedByEngineError(
        `task '${name}': the native engine runs kernels on its native lane, and this task has none; give it a kernel, or use lane: 'inline'`,
      )
    }
    // C looks at the lists of a graph, and at what its steps take
    if (graph === true) return null
    // before the start only names are known; the first submission looks
    const kernel = this.#side?.catalog.find(reference, name)
    if (kernel === undefined) return null
    if (columns === true) {
      requireColumnsKernel(kernel, name, reference.program !== undefined)
      return (args) => checkColumns(kernel, args, name)
    }
    const signature = signatureOf(kernel)
    const encode = reference.program?.encode ?? null
    return (args) => checkKernelArguments(kernel.name, signature, encode === null ? args : encode(args))
  }
}
