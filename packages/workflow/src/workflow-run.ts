// A run as its users hold it: the result of a task, and more.
import { TaskResult } from '@catzilla/api'
import { criticalPathOf } from './critical-path.ts'
import type { CriticalPath } from './critical-path.ts'
import type { RunExplanation } from './in-c/explain.ts'
import { infoOf } from './inspect.ts'
import type { RunInfo, RunStatus } from './inspect.ts'
import type { LiveRun } from './live-run.ts'
import { toMermaid } from './mermaid.ts'
import type { StepListener } from './step-event.ts'

/**
 * One run of a workflow. `wait()`, `future()`, `addCallback()`, `cancel()` and the rest are those of `TaskResult`.
 * It ends as `completed`, `failed` (WorkflowError, which names the step and has its error as `cause`), `cancelled`
 * (TaskCancelledError) or `timedOut` (TaskTimeoutError); before it does, what was done is compensated.
 */
export class WorkflowRun<R> extends TaskResult<R> {
  readonly #live: LiveRun
  readonly #retry: () => WorkflowRun<R>

  constructor(live: LiveRun, retry: () => WorkflowRun<R>) {
    // what a run gives is known by the types of its workflow
    super(live.handle as never, live.definition.clock)
    this.#live = live
    this.#retry = retry
  }

  /** The same as `taskId`. */
  get runId(): string {
    return this.taskId
  }

  get runStatus(): RunStatus {
    return this.#live.status
  }

  /** Starts no more steps, here and in the runs that are its steps; what runs goes on. True when this call paused it. */
  pause(): boolean {
    return this.#live.pause()
  }

  /** True when this call ended the pause. */
  resume(): boolean {
    return this.#live.resume()
  }

  /** Tells of each step that starts or settles from now on, until the returned function is called. */
  onStep(listener: StepListener): () => void {
    return this.#live.listen(listener)
  }

  /**
   * A new run that does again what failed, was undone or did not come about, with the results of the rest.
   * @throws TaskStateError while the run is not over, or when it completed
   */
  retry(): WorkflowRun<R> {
    return this.#retry()
  }

  /** The run and each of its steps, as plain data. */
  inspect(): RunInfo {
    return infoOf(this.#live)
  }

  /** Which of the steps ran in C, together with others, and why the others did not. */
  explain(): RunExplanation {
    return this.#live.run.explain()
  }

  /** The same as `inspect()`. */
  toJSON(): RunInfo {
    return this.inspect()
  }

  /** The graph with states and durations. */
  toMermaid(): string {
    return toMermaid(this.inspect())
  }

  /** The steps on which the duration of the run hung. */
  criticalPath(): CriticalPath {
    return criticalPathOf(this.inspect())
  }
}
