// The suite that every edge has to pass, unchanged, over real sockets, on each local engine.
import { createTasks } from '@catzilla/api'
import { describe } from 'vitest'
import type { Edge } from '../edges/edge.ts'
import { accessCases } from './access.ts'
import { contextCases } from './async-context.ts'
import { controlCases } from './control.ts'
import { dashboardCases } from './dashboard.ts'
import { eventCases } from './events.ts'
import { figureCases } from './figures.ts'
import { hostileCases } from './hostile.ts'
import { idempotencyCases } from './idempotency.ts'
import { mountCases } from './mounts.ts'
import { operationCases } from './operation.ts'
import { scheduleCases } from './schedules.ts'
import { submissionCases } from './submission.ts'
import { taskCases } from './tasks.ts'
import { workflowCases } from './workflows.ts'

export type Cases = (edge: Edge, engine: string) => void

const groups: readonly Cases[] = [
  submissionCases,
  idempotencyCases,
  taskCases,
  figureCases,
  controlCases,
  accessCases,
  contextCases,
  hostileCases,
  eventCases,
  mountCases,
  dashboardCases,
  operationCases,
  scheduleCases,
  workflowCases,
]

const nativeMissing = reasonAgainst('native')
if (nativeMissing !== undefined) process.stdout.write(`tests on the native engine are skipped: ${nativeMissing}\n`)

export function describeAdapter(edge: Edge): void {
  describe.each(['typescript', 'native'])(`${edge.name} on the %s engine`, (engine) => {
    describe.skipIf(engine === 'native' && nativeMissing !== undefined)('answers', () => {
      for (const register of groups) register(edge, engine)
    })
  })
}

function reasonAgainst(engine: string): string | undefined {
  try {
    createTasks({ engine })
    return undefined
  } catch (thrown) {
    return (thrown as Error).message
  }
}
