// Where a task runs and why, in words.
import type { BodyReport, BodyTier, CompileBlocker, CompiledBodyReport, LaneName } from '@catzilla/engine'
import type { TaskParts } from './task.ts'

/** Where a task runs and why. */
export interface TaskExplanation {
  readonly name: string
  readonly engine: string
  /** Of a body that may be compiled: `native` from its switch to C on. */
  readonly lane: LaneName
  readonly reason: string
  readonly native: {
    /** Whether C runs the body: a kernel, or a body that was compiled for the arguments it is called with. */
    readonly compiled: boolean
    readonly reason: string
    /**
     * Where what was compiled of the body at build comes from, or why it is not used; null where there is nothing, or the task
     * has not been called.
     */
    readonly prebuilt: string | null
    /** What keeps the body from being compiled, where a compiler looked at it. */
    readonly blockers: readonly CompileBlocker[]
    /** What became of the body, for each tuple of argument types that it was called with. */
    readonly bodies: readonly CompiledBodyReport[]
  }
}

export function explain({ home, call }: TaskParts): TaskExplanation {
  const { engine } = home
  const native = call.kernel === undefined ? explainBody({ home, call }) : explainKernel({ home, call })
  const inC = call.kernel === undefined && native.compiled
  const lane = inC ? 'native' : call.options.lane
  const reason = inC ? whyInC(native.bodies) : whyLane({ home, call })
  return { name: call.name, engine: engine.name, lane, reason, native }
}

/** Of a body that C runs for some of the types it was called with. */
function whyInC(bodies: readonly CompiledBodyReport[]): string {
  const others = bodies.filter(({ tier }) => !isInC(tier)).length
  const rest = others === 0 ? '' : `; for ${others} of ${bodies.length} tuples of types it runs on the event loop`
  return `C worker threads run the compiled body${rest}`
}

function isInC(tier: BodyTier): boolean {
  return tier === 'interpreted' || tier === 'machine code'
}

function explainKernel({ home: { engine }, call }: Pick<TaskParts, 'home' | 'call'>): TaskExplanation['native'] {
  const compiled = call.options.lane === 'native'
  return { compiled, reason: whyCompiled(call.kernel, compiled, engine), prebuilt: null, blockers: [], bodies: [] }
}

function explainBody({ home: { engine }, call }: Pick<TaskParts, 'home' | 'call'>): TaskExplanation['native'] {
  const { lane, compile } = call.options
  if (!engine.capabilities.nativeLane) return javascript(`the ${engine.name} engine has no native lane`)
  if (compile === false)
    return javascript(lane === 'inline' ? 'it is not to be compiled' : `it is to run on the ${lane} lane`)
  const report: BodyReport | undefined = engine.reportOf?.(call)
  if (report === undefined) return javascript('no compiled body is known for it')
  const { bodies, reason, prebuilt, blockers } = report
  const compiled = bodies.some(({ tier }) => isInC(tier))
  const [latest] = bodies.slice(-1)
  return {
    compiled,
    reason: latest?.reason ?? reason,
    prebuilt,
    blockers: distinct([...blockers, ...bodies.flatMap((body) => body.blockers)]),
    bodies,
  }
}

/** What is in the way for arguments of any types is found anew for each of their tuples. */
function distinct(blockers: readonly CompileBlocker[]): CompileBlocker[] {
  const at = ({ code, message, line, column }: CompileBlocker) => `${line}:${column} ${code} ${message}`
  return [...new Map(blockers.map((blocker) => [at(blocker), blocker])).values()]
}

function javascript(reason: string): TaskExplanation['native'] {
  return { compiled: false, reason, prebuilt: null, blockers: [], bodies: [] }
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
  if (!compiled) return 'it was asked to run elsewhere'
  return kernel?.library === undefined ? 'the kernel comes with the engine' : `the kernel is one of ${kernel.library}`
}
