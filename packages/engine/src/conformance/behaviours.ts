// The behaviours of an engine, each with its cases, in the order in which a newcomer would ask for them.
import { abortSignal } from './cases/abort-signal.ts'
import { backoff } from './cases/backoff.ts'
import { batches } from './cases/batches.ts'
import { callbacks } from './cases/callbacks.ts'
import { cancellation } from './cases/cancellation.ts'
import { capabilities } from './cases/capabilities.ts'
import { concurrencyLimits } from './cases/concurrency-limits.ts'
import { context } from './cases/context.ts'
import { delays } from './cases/delays.ts'
import { events } from './cases/events.ts'
import { expiry } from './cases/expiry.ts'
import { failures } from './cases/failures.ts'
import { handles } from './cases/handles.ts'
import { isolateEnds } from './cases/isolate-ends.ts'
import { isolateResults } from './cases/isolate-results.ts'
import { kernelFailures } from './cases/kernel-failures.ts'
import { kernelRecords } from './cases/kernel-records.ts'
import { kernelTurns } from './cases/kernel-turns.ts'
import { kernels } from './cases/kernels.ts'
import { keyedLimits } from './cases/keyed-limits.ts'
import { lifecycle } from './cases/lifecycle.ts'
import { listing } from './cases/listing.ts'
import { lookup } from './cases/lookup.ts'
import { pauseResume } from './cases/pause-resume.ts'
import { payloads } from './cases/payloads.ts'
import { priorityOrder } from './cases/priority-order.ts'
import { queueBound } from './cases/queue-bound.ts'
import { rateLimits } from './cases/rate-limits.ts'
import { results } from './cases/results.ts'
import { retention } from './cases/retention.ts'
import { retries } from './cases/retries.ts'
import { retryById } from './cases/retry-by-id.ts'
import { room } from './cases/room.ts'
import { runAt } from './cases/run-at.ts'
import { scaling } from './cases/scaling.ts'
import { shutdown } from './cases/shutdown.ts'
import { starvationGuard } from './cases/starvation-guard.ts'
import { measurements } from './cases/measurements.ts'
import { statistics } from './cases/statistics.ts'
import { submission } from './cases/submission.ts'
import { timeouts } from './cases/timeouts.ts'
import { uniqueKeys } from './cases/unique-keys.ts'
import type { ConformanceCase } from './conformance-case.ts'

export interface Behaviour {
  /** The name of its file in `cases/`. */
  readonly behaviour: string
  readonly cases: readonly ConformanceCase[]
}

export const behaviours: readonly Behaviour[] = [
  { behaviour: 'capabilities', cases: capabilities },
  { behaviour: 'lifecycle', cases: lifecycle },
  { behaviour: 'submission', cases: submission },
  { behaviour: 'payloads', cases: payloads },
  { behaviour: 'results', cases: results },
  { behaviour: 'failures', cases: failures },
  { behaviour: 'handles', cases: handles },
  { behaviour: 'batches', cases: batches },
  { behaviour: 'priority-order', cases: priorityOrder },
  { behaviour: 'starvation-guard', cases: starvationGuard },
  { behaviour: 'delays', cases: delays },
  { behaviour: 'run-at', cases: runAt },
  { behaviour: 'retries', cases: retries },
  { behaviour: 'backoff', cases: backoff },
  { behaviour: 'timeouts', cases: timeouts },
  { behaviour: 'expiry', cases: expiry },
  { behaviour: 'cancellation', cases: cancellation },
  { behaviour: 'abort-signal', cases: abortSignal },
  { behaviour: 'unique-keys', cases: uniqueKeys },
  { behaviour: 'concurrency-limits', cases: concurrencyLimits },
  { behaviour: 'rate-limits', cases: rateLimits },
  { behaviour: 'keyed-limits', cases: keyedLimits },
  { behaviour: 'pause-resume', cases: pauseResume },
  { behaviour: 'queue-bound', cases: queueBound },
  { behaviour: 'room', cases: room },
  { behaviour: 'context', cases: context },
  { behaviour: 'callbacks', cases: callbacks },
  { behaviour: 'events', cases: events },
  { behaviour: 'lookup', cases: lookup },
  { behaviour: 'listing', cases: listing },
  { behaviour: 'retry-by-id', cases: retryById },
  { behaviour: 'retention', cases: retention },
  { behaviour: 'statistics', cases: statistics },
  { behaviour: 'measurements', cases: measurements },
  { behaviour: 'scaling', cases: scaling },
  { behaviour: 'kernels', cases: kernels },
  { behaviour: 'kernel-failures', cases: kernelFailures },
  { behaviour: 'kernel-turns', cases: kernelTurns },
  { behaviour: 'kernel-records', cases: kernelRecords },
  { behaviour: 'isolate-results', cases: [...isolateResults('thread'), ...isolateResults('process')] },
  { behaviour: 'isolate-ends', cases: [...isolateEnds('thread'), ...isolateEnds('process')] },
  { behaviour: 'shutdown', cases: shutdown },
]
