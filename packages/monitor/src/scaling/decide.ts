// How many workers there should be: a pure function of what was seen so far and what is seen now.
import type { ScalingDecision, ScalingFigures } from '@catzilla/engine'
import type { ResolvedScalingOptions } from '../options.ts'

/** Looks in a row that have to agree before anything changes: one alone may be noise. */
const AGREEING_UP = 2
const AGREEING_DOWN = 5
/** Share of starts that may come later than the target of their class while workers are busy. */
const BREACHES_BORNE = 0.05

export interface ScalingState {
  /** When the number was changed last, in monotonic milliseconds. */
  readonly changedAt: number
  /** Looks in a row that wanted more, or fewer. */
  readonly wantedUp: number
  readonly wantedDown: number
}

export const freshState: ScalingState = { changedAt: -Infinity, wantedUp: 0, wantedDown: 0 }

/** What one look at the engine shows. */
export interface LoadSample extends ScalingFigures {
  /** Monotonic milliseconds, and the same moment as epoch milliseconds. */
  readonly now: number
  readonly at: number
  readonly workers: number
  /** Nothing is started: workers are idle, and more of them would be too. */
  readonly paused: boolean
  /** Workers that run something. */
  readonly active: number
  /** How far the engine lets itself be scaled. */
  readonly least: number
  readonly most: number
}

export interface Decided {
  readonly state: ScalingState
  readonly decision: ScalingDecision
}

/** @param asked decides without waiting for looks that agree and for the cooldown: somebody asked */
export function decide(state: ScalingState, sample: LoadSample, terms: ResolvedScalingOptions, asked = false): Decided {
  const seen = countAgreement(state, sample, terms)
  const target = targetOf(seen, sample, terms, asked)
  const decision = decisionOf(sample, target)
  if (decision.action === 'stay') return { state: seen, decision }
  return { state: { changedAt: sample.now, wantedUp: 0, wantedDown: 0 }, decision }
}

interface Target {
  readonly to: number
  readonly why: string
}

function countAgreement(state: ScalingState, sample: LoadSample, terms: ResolvedScalingOptions): ScalingState {
  const up = !sample.paused && reasonForMore(sample, terms) !== undefined
  const down = !up && !sample.paused && mayShrink(sample, terms)
  return { ...state, wantedUp: up ? state.wantedUp + 1 : 0, wantedDown: down ? state.wantedDown + 1 : 0 }
}

function targetOf(state: ScalingState, sample: LoadSample, terms: ResolvedScalingOptions, asked: boolean): Target {
  const { workers, now } = sample
  const { least, most } = boundsOf(sample, terms)
  if (workers < least) return { to: least, why: `there are never fewer than ${least}` }
  if (sample.paused) return { to: workers, why: 'all tasks are paused' }
  const more = reasonForMore(sample, terms)
  if (more === undefined && !mayShrink(sample, terms)) return { to: workers, why: 'the load is within its thresholds' }
  const coolsUntil = state.changedAt + terms.cooldownSeconds * 1000
  if (!asked && now < coolsUntil) {
    return { to: workers, why: `the last change was less than ${terms.cooldownSeconds} s ago` }
  }
  if (more !== undefined) {
    if (!asked && state.wantedUp < AGREEING_UP) return { to: workers, why: `${more}, for one look only so far` }
    const to = Math.max(workers, grown(sample, terms, most))
    return { to, why: to > workers ? more : `${more}, but more than ${most} would not help` }
  }
  if (!asked && state.wantedDown < AGREEING_DOWN)
    return { to: workers, why: 'there is little to do, but not for long yet' }
  const to = Math.min(workers, shrunk(sample, terms, least))
  return { to, why: to < workers ? littleToDo(sample) : `there is little to do, and ${least} are the fewest` }
}

/** Bodies in C keep a processor busy from beginning to end: more of them than processors only take turns. */
function boundsOf({ least, most }: LoadSample, terms: ResolvedScalingOptions): { least: number; most: number } {
  const fewest = Math.max(least, Math.min(terms.minWorkers, most))
  return { least: fewest, most: Math.max(fewest, Math.min(most, terms.maxWorkers, terms.cpuCount)) }
}

function reasonForMore(sample: LoadSample, terms: ResolvedScalingOptions): string | undefined {
  const { queuePressure, breachRatio, utilization, queued, workers } = sample
  const { scaleUpThreshold } = terms
  if (queued === 0) return undefined
  if (queuePressure >= scaleUpThreshold) return `the queue is ${percent(queuePressure)} full`
  if (utilization < scaleUpThreshold) return undefined
  const busy = `workers are ${percent(utilization)} busy`
  if (breachRatio > BREACHES_BORNE) return `${busy} and ${percent(breachRatio)} of starts were later than their target`
  return queued > workers ? `${busy} and ${queued} tasks wait` : undefined
}

function mayShrink({ queuePressure, utilization, queued }: LoadSample, terms: ResolvedScalingOptions): boolean {
  return queued === 0 && queuePressure < terms.scaleDownThreshold && utilization <= terms.scaleDownThreshold
}

/** Never more than there is something to do for. */
function grown({ workers, active, queued }: LoadSample, { scaleFactor }: ResolvedScalingOptions, most: number): number {
  const step = Math.max(workers + 1, Math.ceil(workers * scaleFactor))
  return Math.min(step, most, Math.max(workers + 1, active + queued))
}

/** Never so few that what there is to do now would keep them half busy: they would be wanted back at once. */
function shrunk({ workers, utilization }: LoadSample, terms: ResolvedScalingOptions, least: number): number {
  const { scaleFactor, scaleDownThreshold, scaleUpThreshold } = terms
  const step = Math.min(workers - 1, Math.floor(workers / scaleFactor))
  const needed = Math.ceil((utilization * workers) / ((scaleDownThreshold + scaleUpThreshold) / 2))
  return Math.max(step, needed, least, 1)
}

function littleToDo({ utilization }: LoadSample): string {
  return `nothing waits and workers are ${percent(utilization)} busy`
}

function decisionOf(sample: LoadSample, { to, why }: Target): ScalingDecision {
  const { at, workers: from, queuePressure, breachRatio, utilization, queued } = sample
  const action = to > from ? 'up' : to < from ? 'down' : 'stay'
  return { at, action, from, to, reason: why, figures: { queuePressure, breachRatio, utilization, queued } }
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}
