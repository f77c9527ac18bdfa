// What the native lane works out once per call: the kernel, whether C may look after its tasks from beginning to end, and the
// plans by which it does.
import type { NativeKernel, NativePlan } from '@catzilla/core-c'
import { checkKernelArguments } from '../kernels/check-arguments.ts'
import { kernelTypes } from '../kernels/kernel-type.ts'
import type { KernelType } from '../kernels/kernel-type.ts'
import type { ProgramKernel } from '../contract/task.ts'
import type { NamedTask, Plan } from '../typescript/plan.ts'
import type { TaskSeries } from '../typescript/task-series.ts'
import type { CPlan, CPlans } from './c-plans.ts'
import type { NativeTaskHome, NativeTaskPlan } from './native-task.ts'
import { portLayout } from './port-layout.ts'
import { isScalar } from './slot-values.ts'
import type { SeriesBooks } from './series-books.ts'
import type { SlotShelf } from './slot-shelf.ts'

const BYTES_PER_MIB = 1024 * 1024
const MOST_RETRIES = 2 ** 32 - 1

const backoffs = { none: 0, fixed: 1, linear: 2, exponential: 3 } as const

/** Which of its plans a slot names: those under which C retries, with and without notices, and the one of a single attempt. */
export type PlanKind = 'quiet' | 'telling' | 'once'

export class KernelPlan implements NativeTaskPlan {
  readonly name: string
  readonly plan: Plan
  /** Of the plan, at hand. */
  readonly named: NamedTask
  readonly series: TaskSeries
  readonly home: NativeTaskHome
  readonly kernel: NativeKernel
  readonly signature: readonly KernelType[]
  /** Of a compiled body. */
  readonly program: ProgramKernel | null
  /** C may look after its tasks from beginning to end, as far as the call goes. */
  readonly express: boolean
  readonly delayMs: number
  /** By which its tasks go to C. */
  readonly ring: number
  readonly completedShelf: SlotShelf
  readonly failedShelf: SlotShelf
  /** All arguments may be any number. */
  readonly onlyNumbers: boolean
  /** Its results are no numbers. */
  readonly givesObjects: boolean
  /** The call has somebody to tell of the end of its tasks. */
  readonly listens: boolean
  readonly #keepsTime: boolean
  readonly #plans: CPlans
  readonly #books: SeriesBooks
  #quiet: CPlan | null = null
  #telling: CPlan | null = null
  #once: CPlan | null = null

  constructor(
    plan: Plan,
    kernel: NativeKernel,
    from: {
      readonly home: NativeTaskHome
      readonly plans: CPlans
      readonly books: SeriesBooks
      readonly keepsTime: boolean
      readonly express: boolean
      readonly completedShelf: SlotShelf
      readonly failedShelf: SlotShelf
    },
  ) {
    this.name = plan.call.name
    this.plan = plan
    this.named = plan.named
    this.series = plan.series
    this.kernel = kernel
    this.signature = signatureOf(kernel)
    this.program = plan.call.kernel?.program ?? null
    this.onlyNumbers = this.signature.every((type) => type === 'f64')
    this.givesObjects = !isScalar(kernel.result)
    this.delayMs = plan.options.delayMs
    this.ring = this.delayMs > 0 ? portLayout.TIMED_RING : plan.options.priority
    this.listens = plan.options.onSuccess !== undefined || plan.options.onFailure !== undefined
    this.home = from.home
    this.#plans = from.plans
    this.#books = from.books
    this.#keepsTime = from.keepsTime
    this.express = from.express && allowsExpress(plan, kernel)
    this.completedShelf = from.completedShelf
    this.failedShelf = from.failedShelf
  }

  get quiet(): CPlan {
    const plan = this.#quiet
    return plan !== null && plan.index >= 0 ? plan : (this.#quiet = this.#define('quiet'))
  }

  /** So many slots that named the quiet one have come back. */
  releaseQuiet(slots: number): void {
    if (this.#quiet !== null) this.#quiet.users -= slots
  }

  get telling(): CPlan {
    if (this.#telling === null || this.#telling.index < 0) this.#telling = this.#define('telling')
    return this.#telling
  }

  get once(): CPlan {
    if (this.#once === null || this.#once.index < 0) this.#once = this.#define('once')
    return this.#once
  }

  #define(kind: PlanKind): CPlan {
    const { options } = this.plan
    const { retryBackoff } = options
    const asked: NativePlan = {
      kernel: this.kernel.index,
      priority: options.priority,
      tell: kind !== 'quiet',
      maxRetries: kind === 'once' ? 0 : Math.min(options.maxRetries, MOST_RETRIES),
      backoff: typeof retryBackoff === 'function' ? 0 : backoffs[retryBackoff],
      retryDelayMs: options.retryDelayMs,
      retryMaxDelayMs: options.retryMaxDelayMs,
      retryJitter: options.retryJitter,
      timeoutMs: this.#keepsTime ? options.timeoutMs : Infinity,
      memoryLimitBytes: Math.min(Math.ceil(options.memoryLimitMb * BYTES_PER_MIB), Number.MAX_SAFE_INTEGER),
      series: this.#books.numberOf(this.plan.series),
    }
    return this.#plans.plan(asked)
  }
}

/** The types of a kernel's arguments, by name. */
export function signatureOf({ args }: NativeKernel): readonly KernelType[] {
  return args.map((type) => kernelTypes[type] ?? 'void')
}

/** Whether the arguments of a kernel fit into a slot: few, and no arrays or texts. */
export function fitsSlot(signature: readonly KernelType[]): boolean {
  const scalars: readonly KernelType[] = ['f64', 'i32', 'u32', 'bool']
  return signature.length <= portLayout.SLOT_ARG_COUNT && signature.every((type) => scalars.includes(type))
}

/**
 * Whether C can do all that the call asks for. Gates, keys, expiry, moments of the wall clock, signals and functions of the
 * user's need the walk; so do columns and graphs, since C tries them once.
 */
function allowsExpress({ call, options }: Plan, kernel: NativeKernel): boolean {
  return (
    fitsSlot(signatureOf(kernel)) &&
    (call.kernel?.program?.encode ?? null) === null &&
    call.columns !== true &&
    call.graph !== true &&
    options.uniqueKey === undefined &&
    options.concurrency === undefined &&
    options.limits === undefined &&
    options.signal === undefined &&
    options.expireAfterMs === undefined &&
    options.runAt === undefined &&
    options.onRetry === undefined &&
    typeof options.retryBackoff !== 'function'
  )
}

/**
 * Whether the arguments are numbers and booleans of a signature that fits a slot. False calls for `checkKernelArguments`,
 * which says what is wrong.
 */
export function areScalars(signature: readonly KernelType[], args: readonly unknown[]): boolean {
  if (args.length !== signature.length) return false
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    const type = signature[index]
    if (
      typeof arg === 'number' ? type !== 'f64' && !isWholeOf(type, arg) : type !== 'bool' || typeof arg !== 'boolean'
    ) {
      return false
    }
  }
  return true
}

function isWholeOf(type: KernelType | undefined, value: number): boolean {
  return type === 'i32' ? (value | 0) === value : type === 'u32' && value >>> 0 === value
}

/** @throws PayloadError naming the argument that does not fit */
export function requireScalars({ kernel, signature, onlyNumbers }: KernelPlan, args: readonly unknown[]): void {
  const fit = onlyNumbers ? areNumbers(signature.length, args) : areScalars(signature, args)
  if (!fit) checkKernelArguments(kernel.name, signature, args)
}

function areNumbers(arity: number, args: readonly unknown[]): boolean {
  for (let index = 0; index < args.length; index++) if (typeof args[index] !== 'number') return false
  return args.length === arity
}
