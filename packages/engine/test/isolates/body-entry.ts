// A small isolate for tests, as a thread or a child process: loads the body that each message names, calls it and tells how
// it went.
import { parentPort } from 'node:worker_threads'
import type { TaskCode } from '../../src/isolates/code/task-code.ts'
import { BodyLoader } from '../../src/isolates/inside/load-body.ts'
import { becomeIsolate } from '../../src/isolates/inside/registrar.ts'

/** What is sent to it. */
export interface BodyCall {
  readonly code: TaskCode
  readonly args: readonly unknown[]
}

/** What comes back. */
export interface BodyAnswer {
  readonly value?: unknown
  /** Whether the body was there without waiting: the first time, and the second. */
  readonly atOnce?: readonly [boolean, boolean]
  readonly error?: {
    readonly name: string
    readonly code: unknown
    readonly message: string
    readonly cause: string | undefined
    readonly stack: string | undefined
  }
}

const loader = new BodyLoader(becomeIsolate())

async function answer({ code, args }: BodyCall): Promise<BodyAnswer> {
  try {
    const first = loader.load(code)
    const body = await first
    const second = loader.load(code)
    const value: unknown = await body(...(args as never[]))
    return { value, atOnce: [typeof first === 'function', typeof second === 'function'] }
  } catch (thrown) {
    const { name, message, code: errorCode, cause, stack } = thrown as Error & { code?: unknown }
    const causeMessage = cause instanceof Error ? cause.message : undefined
    return { error: { name, message, code: errorCode, cause: causeMessage, stack } }
  }
}

async function reply(call: BodyCall): Promise<void> {
  const done = await answer(call)
  if (parentPort === null) process.send?.(done)
  else parentPort.postMessage(done)
}

const calls = parentPort ?? process
calls.on('message', (call: BodyCall) => void reply(call))
