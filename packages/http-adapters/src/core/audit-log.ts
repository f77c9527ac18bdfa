// Who changed what over HTTP: kept for the dashboard, and told on the diagnostics channel `catzilla:http:audit` for logs.
import { channel } from 'node:diagnostics_channel'

export interface AuditEntry {
  /** Epoch milliseconds. */
  readonly at: number
  /** `operationId` of the route. */
  readonly operation: string
  readonly taskId: string | null
  readonly taskName: string | null
  /** Address of the client. */
  readonly from: string | null
  /** `refused`: it was allowed, but could not be done. */
  readonly outcome: 'done' | 'refused'
  /** The body without arguments of tasks, or why it was refused. */
  readonly details: unknown
}

/** Entries kept. */
const KEPT = 500

const told = channel('catzilla:http:audit')

export class AuditLog {
  #entries: AuditEntry[] = []

  /** @param request that of the framework, for subscribers of the channel: it says who it was */
  add(entry: AuditEntry, request: unknown): void {
    this.#entries = [entry, ...this.#entries.slice(0, KEPT - 1)]
    told.publish({ ...entry, request })
  }

  /** The newest first. */
  get entries(): readonly AuditEntry[] {
    return this.#entries
  }
}
