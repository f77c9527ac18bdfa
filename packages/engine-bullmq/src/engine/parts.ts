// The parts of the engine, wired together.
import { systemClock } from '@catzilla/engine'
import { TaskIds } from '../format/task-ids.ts'
import { Heart } from '../heartbeat/heart.ts'
import type { BrokerHandle } from './broker-handle.ts'
import { Cancelling } from './cancelling.ts'
import { Fetching } from './fetching.ts'
import { Hearing } from './hearing.ts'
import type { Hub } from './hub.ts'
import { Inspection } from './inspection.ts'
import { Intake } from './intake.ts'
import { LaneSlots } from './lane-slots.ts'
import { Limits } from './limits.ts'
import { LocalRelay } from './local-relay.ts'
import { Messages } from './messages.ts'
import { Occupancy } from './occupancy.ts'
import { Outbox } from './outbox.ts'
import { Pauses } from './pauses.ts'
import { Reconciling } from './reconciling.ts'
import { Retention } from './retention.ts'
import { Runner } from './runner.ts'
import { Settlement } from './settlement.ts'

/** The parts of the walk, each made with what it needs of the others. */
export interface Parts {
  readonly outbox: Outbox
  readonly occupancy: Occupancy
  readonly settlement: Settlement
  readonly limits: Limits
  readonly retention: Retention
  readonly messages: Messages
  readonly pauses: Pauses
  readonly intake: Intake
  readonly heart: Heart
  readonly runner: Runner
  readonly fetching: Fetching
  readonly reconciling: Reconciling
  readonly inspection: Inspection
  readonly slots: LaneSlots
  readonly relay: LocalRelay
  readonly cancelling: Cancelling
  readonly hearing: Hearing
}

/** @param gone told after each end of a task */
export function wireParts(hub: Hub, gone: () => void): Parts {
  const { options } = hub
  const { queueSize = 10_000, keepResults = 1000, keepFailures = 10_000, random = Math.random } = options.engine
  const occupancy = new Occupancy(queueSize, hub.counts)
  const retention = new Retention(systemClock, keepResults, keepFailures)
  const settlement = new Settlement(hub, occupancy, retention, gone)
  const outbox = new Outbox(hub)
  const limits = new Limits(outbox)
  const messages = new Messages(hub.broker, hub.id)
  const pauses = new Pauses(hub.queues, messages, () => fetching.wake())
  const cancelling: Cancelling = new Cancelling(hub, () => ({ outbox, messages, settlement, inspection }))
  const home = {
    engineName: hub.engineName,
    now: hub.now,
    cancel: (handle: BrokerHandle, reason: string | undefined) => cancelling.cancel(handle, reason),
    cancelJob: (taskName: string, jobId: string, reason: string | undefined) =>
      cancelling.cancelJob(taskName, jobId, reason),
    observed: () => void hub.counts.unobserved--,
  }
  const intake = new Intake(hub, { outbox, occupancy, settlement, limits, ids: new TaskIds() }, systemClock, home)
  const { url, prefix, lockMs, silenceMs } = options
  const heart = new Heart({ url, prefix, lockMs, silenceMs, token: hub.id })
  const runner = new Runner(hub, { intake, settlement, messages, heart }, random)
  const slots = new LaneSlots(options.engine)
  const fetching: Fetching = new Fetching(hub, runner, pauses, {
    slotsOf: (taskName) => slots.of(hub.calls.definitionOf(taskName)?.options.lane),
    occupancy,
  })
  const reconciling = new Reconciling(hub, settlement, messages, () => fetching.names)
  const inspection: Inspection = new Inspection(hub, { retention, limits, pauses }, () => hub.calls.names)
  const relay = new LocalRelay(hub, settlement, messages)
  return {
    outbox,
    occupancy,
    settlement,
    limits,
    retention,
    messages,
    pauses,
    intake,
    heart,
    runner,
    fetching,
    reconciling,
    inspection,
    slots,
    relay,
    cancelling,
    hearing: new Hearing(hub, { pauses, settlement, reconciling }),
  }
}
