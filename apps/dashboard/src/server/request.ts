// Asking the server, and what it says when it cannot or will not.
import { addressOf } from './address.ts'

/** An answer that is none. `message` is for people, and `remedy` says what to do about it. */
export class RequestError extends Error {
  /** 0: there was no answer. */
  readonly status: number
  readonly remedy: string

  constructor(status: number, message: string, remedy: string) {
    super(message)
    this.name = 'RequestError'
    this.status = status
    this.remedy = remedy
  }
}

type Query = Readonly<Record<string, unknown>>

/** @throws RequestError; what `signal` throws when it is aborted */
export function ask<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return answerTo<T>(addressOf(path, query), signal === undefined ? {} : { signal })
}

/** Asks for a change. @throws RequestError */
export function tell<T>(method: 'POST' | 'DELETE', path: string, body?: unknown, query?: Query): Promise<T> {
  const sent = method === 'POST' ? JSON.stringify(body ?? {}) : null
  return answerTo<T>(addressOf(path, query), {
    method,
    body: sent,
    headers: sent === null ? {} : { 'content-type': 'application/json' },
  })
}

async function answerTo<T>(address: string, init: RequestInit): Promise<T> {
  const response = await reach(address, init)
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as T
  throw refusal(response, text)
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { credentials: 'same-origin', cache: 'no-store', ...init })
  } catch (thrown) {
    if (init.signal?.aborted === true) throw thrown
    throw new RequestError(0, 'The server does not answer.', 'See whether it runs; this page goes on trying.')
  }
}

function refusal({ status, statusText }: Response, text: string): RequestError {
  try {
    const { title, detail, remedy } = JSON.parse(text) as Record<string, string>
    return new RequestError(status, detail ?? title ?? statusText, remedy ?? '')
  } catch {
    return new RequestError(status, `The server answered ${status} ${statusText}.`, 'See the log of the server.')
  }
}
