// What an engine can do, as positive booleans. Absent means false; the conformance suite tests each one that is true.

export interface EngineCapabilities {
  /** Runs tasks on the event loop of the submitting process. */
  readonly inlineLane: boolean
  /** Runs tasks on worker-thread isolates. */
  readonly threadLane: boolean
  /** Runs tasks in child processes. */
  readonly processLane: boolean
  /** Runs compiled tasks on C worker threads. */
  readonly nativeLane: boolean
  /** Takes a handler with the call, without registration. */
  readonly adHocTasks: boolean
  /** Keeps tasks across a crash of the process. */
  readonly durable: boolean
  /** Shares its queues with other processes. */
  readonly distributed: boolean
  /** Stops a body that does not co-operate when its time is over, on the lanes that can: thread and process. */
  readonly hardTimeouts: boolean
  /** Hands results over by reference, without a copy. */
  readonly resultsByReference: boolean
  /** `scale({ inlineConcurrency })` works. */
  readonly scalesInline: boolean
  /** `scale({ workers })` works. */
  readonly scalesWorkers: boolean
  /** `measurements()` tells waits and runs by class, lane and name. */
  readonly measuresTasks: boolean
  /** Takes its time from the `clock` option, so that a virtual clock drives it. */
  readonly virtualClock: boolean
}
