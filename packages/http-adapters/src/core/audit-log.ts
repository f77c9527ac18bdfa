// Who changed what over HTTP: kept for the dashboard, and told on the diagnostics channel `catzilla:http:audit` for logs.
import { channel } from 'node:diagnostics_channel'
import type { AuthorizationTarget } from './authorization.ts'
import type { PlainRequest } from './plain.ts'

export interface AuditEntry {
  /** Epoch milliseconds. */
  readonly at: number
  /** `operationId` of the route. */
  readonly operation: string
  readonly taskId: string | null
  readonly taskName: string | null
  readonly runId: string | null
  readonly workflow: string | null
  readonly scheduleId: string | null
  /** Who it was, as `authorize` named him. */
  readonly caller: string | null
  /** Address of the client. */
  readonly from: string | null
  /** `refused`: it was allowed, but could not be done. */
  readonly outcome: 'done' | 'refused'
  /** Query and body without arguments of tasks, or why it was refused. */
  readonly details: unknown
}

/** A change that somebody asks for. */
export interface AuditedChange {
  readonly operation: string
  readonly target: AuthorizationTarget
  readonly caller: string | undefined
  readonly request: Pick<PlainRequest, 'remoteAddress' | 'original'>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** Entries kept. */
const KEPT = 500

const told = channel('catzilla:http:audit')

export class AuditLog {
  #entries: AuditEntry[] = []

  /** Makes the change, and enters what became of it. @throws what `make` throws */
  async around<T>(change: AuditedChange, make: () => T | Promise<T>): Promise<T> {
    const { args: _, ...details } = { ...change.query, ...(change.body as object | undefined) } as Record<
      string,
      unknown
    >
    try {
      const made = await make()
      this.#enter(change, 'done', details)
      return made
    } catch (thrown) {
      this.#enter(change, 'refused', thrown instanceof Error ? thrown.message : String(thrown))
      throw thrown
    }
  }

  /** The newest first. */
  get entries(): readonly AuditEntry[] {
    return this.#entries
  }

  /** Subscribers of the channel get the request of the framework too: it says who it was. */
  #enter(
    { operation, target, caller, request }: AuditedChange,
    outcome: AuditEntry['outcome'],
    details: unknown,
  ): void {
    const { taskId = null, taskName = null, runId = null, workflow = null, scheduleId = null } = target
    const { remoteAddress: from = null, original } = request
    const what = { taskId, taskName, runId, workflow, scheduleId }
    const entry: AuditEntry = { at: Date.now(), operation, ...what, caller: caller ?? null, from, outcome, details }
    this.#entries = [entry, ...this.#entries.slice(0, KEPT - 1)]
    told.publish({ ...entry, request: original })
  }
}
