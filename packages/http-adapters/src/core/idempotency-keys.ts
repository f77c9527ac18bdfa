// Idempotency keys as clients send them, and what they become: a `uniqueKey` that no other client can come upon. Keys are
// made up by clients, often of numbers that others can guess, and a key that is known gives the id of a task.
import { createHash } from 'node:crypto'
import { HttpProblem } from './problem.ts'
import type { RouteContext } from './route.ts'

/** Characters of a scope: enough that no two clients share one. */
const SCOPE_LENGTH = 22

/** The key of the header, with or without the quotes of the draft standard. @throws HttpProblem 400 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = /^"([^"\\]+)"$/.exec(header)?.[1] ?? header
  if (/^[\u0021-\u007E]{1,200}$/.test(key) && !key.includes('"')) return key
  throw new HttpProblem('malformed-request', 'Idempotency-Key takes 1 to 200 visible ASCII characters without spaces')
}

/**
 * Who asks, as a text that tells nothing: the caller that `authorize` named, else the credentials that came with the request,
 * which a client that repeats it sends again. Undefined: the request says nothing of who sent it.
 */
export function scopeOf({ caller, request }: Pick<RouteContext, 'caller' | 'request'>): string | undefined {
  if (caller !== undefined) return hashOf(`caller\n${caller}`)
  const [token, cookie] = [request.header('authorization'), request.header('cookie')]
  if (token === undefined && cookie === undefined) return undefined
  return hashOf(`credentials\n${token ?? ''}\n${cookie ?? ''}`)
}

/** The `uniqueKey` of a key: a key has no spaces, so none that a client sends is one of a scope. */
export function scopedKey(scope: string | undefined, key: string): string {
  return scope === undefined ? key : `${scope} ${key}`
}

/** Whether a `uniqueKey` could be one that `scopedKey` has made for a client. */
export function isScoped(uniqueKey: string): boolean {
  return uniqueKey[SCOPE_LENGTH] === ' ' && /^[\w-]+$/.test(uniqueKey.slice(0, SCOPE_LENGTH))
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, SCOPE_LENGTH)
}
