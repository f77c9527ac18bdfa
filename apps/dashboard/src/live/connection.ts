// Whether the server answers. Everything that asks again and again tells it here, and rests longer while nothing comes.
import { signal } from '@preact/signals'
import { RequestError } from '../server/request.ts'

/** `since`: epoch milliseconds of the first request without an answer. */
export type Connection = { readonly state: 'connecting' | 'live' } | { readonly state: 'lost'; readonly since: number }

export const connection = signal<Connection>({ state: 'connecting' })

export function heard(): void {
  if (connection.value.state !== 'live') connection.value = { state: 'live' }
}

/** Only silence counts, and what a proxy says in place of a server that is away. */
export function missed(thrown: unknown): void {
  const away = thrown instanceof RequestError && [0, 502, 503, 504].includes(thrown.status)
  if (away && connection.value.state !== 'lost') connection.value = { state: 'lost', since: Date.now() }
}
