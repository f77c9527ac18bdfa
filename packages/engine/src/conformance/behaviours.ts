// The behaviours of an engine, each with its cases, in the order in which a newcomer would ask for them.
import type { ConformanceCase } from './conformance-case.ts'
import { priorityOrder } from './cases/priority-order.ts'
import { starvationGuard } from './cases/starvation-guard.ts'
import { delays } from './cases/delays.ts'
import { runAt } from './cases/run-at.ts'
import { retries } from './cases/retries.ts'
import { backoff } from './cases/backoff.ts'
import { timeouts } from './cases/timeouts.ts'
import { expiry } from './cases/expiry.ts'
import { cancellation } from './cases/cancellation.ts'
import { abortSignal } from './cases/abort-signal.ts'
import { uniqueKeys } from './cases/unique-keys.ts'
import { concurrencyLimits } from './cases/concurrency-limits.ts'
import { rateLimits } from './cases/rate-limits.ts'
import { keyedLimits } from './cases/keyed-limits.ts'
import { pauseResume } from './cases/pause-resume.ts'
import { queueBound } from './cases/queue-bound.ts'
import { room } from './cases/room.ts'
import { batches } from './cases/batches.ts'
import { failures } from './cases/failures.ts'
import { handles } from './cases/handles.ts'
import { results } from './cases/results.ts'
import { submission } from './cases/submission.ts'

export interface Behaviour {
  /** The name of its file. */
  readonly behaviour: string
  readonly cases: readonly ConformanceCase[]
}

export const behaviours: readonly Behaviour[] = [
  { behaviour: 'submission', cases: submission },
  { behaviour: 'results', cases: results },
  { behaviour: 'failures', cases: failures },
  { behaviour: 'handles', cases: handles },
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
  { behaviour: 'batches', cases: batches },
]
