// A compiled body as a step of graphs: which bodies may be one, and the calls that graphs are made of.
import type { NativeProgram } from '@catzilla/core-c'
import type { GraphStep } from '../../contract/call-graph.ts'
import type { CompiledProgram } from '../../contract/body-compiler.ts'
import type { KernelReference, TaskCall } from '../../contract/task.ts'
import { runsOverColumns } from './body-columns.ts'

/** A longer body, in milliseconds, is worth a task of its own: it then has its own time limit, and nobody waits for it who need not. */
const LONGEST_MS = 0.1
/** What a comparison measures beside the body: the call into C. */
const CALL_MS = 0.001
/** No body is taken to be quicker. */
const LEAST_MS = 0.000_05
/** What a body without loops is taken to need where nobody has measured it. */
const WITHOUT_LOOPS_MS = 0.001

/** A body that C may run as a step: what of it, and how long that takes, in milliseconds. */
interface Known {
  readonly program: CompiledProgram
  readonly native: NativeProgram
  /** Shortest run that was measured; Infinity: none was. */
  readonly shortestMs: number
}

/** How long a run takes in a graph, in milliseconds; or why it is no step of any. */
export function runTimeInGraphs({ program, native, shortestMs }: Known): number | string {
  if (!runsOverColumns(program, native)) return 'it takes or gives more than numbers'
  if (program.effects !== null) return 'it writes to the console'
  if (shortestMs === Infinity && program.loops) return 'it has loops, and how long they run has not been measured'
  const runMs = shortestMs === Infinity ? WITHOUT_LOOPS_MS : Math.max(LEAST_MS, shortestMs - CALL_MS)
  if (runMs <= LONGEST_MS) return runMs
  return `it takes ${(runMs * 1e3).toFixed(0)} µs: longer ones than ${LONGEST_MS * 1e3} µs are tasks of their own`
}

export function noStep(reason: string): GraphStep {
  return { call: null, reason, runMs: Infinity }
}

export class BodyInGraphs {
  #kernel: KernelReference | null = null
  /** By the call that somebody has: the same in a graph. */
  #calls = new WeakMap<TaskCall, TaskCall>()

  /** @param kernel what runs it now; it may be machine code the next time */
  callFor(call: TaskCall, kernel: KernelReference): TaskCall {
    if (kernel !== this.#kernel) this.#calls = new WeakMap()
    this.#kernel = kernel
    const known = this.#calls.get(call)
    if (known !== undefined) return known
    const options = Object.freeze({ ...call.options, lane: 'native' as const })
    const made = Object.freeze({ ...call, kernel, options })
    this.#calls.set(call, made)
    return made
  }
}
