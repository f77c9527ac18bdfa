// Where a task runs and why, in words.
import type { LaneName } from '@catzilla/engine'
import type { TaskParts } from './task.ts'

/** Where a task runs and why. */
export interface TaskExplanation {
  readonly name: string
  readonly engine: string
  readonly lane: LaneName
  readonly reason: string
  readonly native: {
    /** Whether the body is machine code on the native lane. */
    readonly compiled: boolean
    readonly reason: string
    /** What keeps the body from being compiled, where a compiler looked at it. */
    readonly blockers: readonly {
      readonly code: string
      readonly message: string
      readonly line: number
      readonly column: number
    }[]
  }
}

export function explain({ home, call }: TaskParts): TaskExplanation {
  const { engine } = home
  const { lane } = call.options
  const compiled = lane === 'native' && call.kernel !== undefined
  const native = { compiled, reason: whyCompiled(call.kernel, compiled, engine), blockers: [] }
  return { name: call.name, engine: engine.name, lane, reason: whyLane({ home, call }), native }
}

function whyLane({ home, call: { kernel, options } }: Pick<TaskParts, 'home' | 'call'>): string {
  const { engine } = home
  const { lane } = options
  if (kernel === undefined) {
    if (lane === 'inline') return 'the default: the body runs on the event loop'
    return `asked for by lane: '${lane}'; ${howItTravels(options)}`
  }
  if (lane === 'native') return `the body is the kernel '${kernel.name}', which C worker threads run`
  const twin = `the JavaScript twin of the kernel '${kernel.name}' runs there`
  return engine.capabilities.nativeLane
    ? `asked for by lane: '${lane}'; ${twin}`
    : `the ${engine.name} engine has no native lane; ${twin}`
}

function howItTravels({ lane, module }: TaskParts['call']['options']): string {
  const there = lane === 'process' ? 'processes' : 'threads'
  return module === undefined ? `${there} get the text of the body` : `${there} import ${module}`
}

function whyCompiled(
  kernel: TaskParts['call']['kernel'],
  compiled: boolean,
  { capabilities, name }: TaskParts['home']['engine'],
): string {
  if (!capabilities.nativeLane) return `the ${name} engine has no native lane`
  if (kernel === undefined) return 'no compiled body is known for it'
  if (!compiled) return 'it was asked to run elsewhere'
  return kernel.library === undefined ? 'the kernel comes with the engine' : `the kernel is one of ${kernel.library}`
}
