// `top`: looks again and again and shows what it sees, until it is told to stop.
import { readArguments, usage } from './arguments.ts'
import type { TopArguments } from './arguments.ts'
import { lookAt } from './look.ts'
import { plain, screenOf } from './screen.ts'

/** Where it writes, as much of a terminal as it needs. */
export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

export interface Surroundings {
  readonly out: Terminal
  readonly err: Pick<Terminal, 'write'>
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Home, and what is behind the text cleared: nothing flickers. */
const HOME = '\u001B[H'
const CLEAR_LINE = '\u001B[K'
const CLEAR_BELOW = '\u001B[J'
const ENTER = '\u001B[?1049h\u001B[?25l'
const LEAVE = '\u001B[?25h\u001B[?1049l'

/** Runs the command. @returns the exit code: 0, 1 when the server cannot be looked at, 2 for wrong arguments */
export async function top(args: readonly string[], { out, err, signal }: Surroundings): Promise<number> {
  const asked = readArguments(args)
  if (asked === undefined) {
    out.write(usage)
    return 0
  }
  if ('problem' in asked) {
    err.write(`${asked.problem}\n\n${usage}`)
    return 2
  }
  const live = out.isTTY === true && !asked.json && !asked.once
  if (live) out.write(ENTER)
  try {
    return await looks(asked, { out, err, signal }, live)
  } finally {
    if (live) out.write(LEAVE)
  }
}

async function looks(asked: TopArguments, { out, err, signal }: Surroundings, live: boolean): Promise<number> {
  let code = 0
  while (!signal.aborted) {
    const startedAt = performance.now()
    try {
      const look = await lookAt(asked)
      code = 0
      if (asked.json) out.write(`${JSON.stringify(look)}\n`)
      else show(screenOf(look, sizeOf(out)), out, live)
    } catch (thrown) {
      // a server that is restarted comes back: whoever watches waits for it
      code = 1
      const message = plain((thrown as Error).message)
      if (live) show([message, '', 'looking again …'], out, live)
      else err.write(`${message}\n`)
    }
    if (asked.once) return code
    await pause(asked.intervalMs - (performance.now() - startedAt), signal)
  }
  return code
}

function show(lines: readonly string[], out: Terminal, live: boolean): void {
  if (!live) out.write(`${lines.join('\n')}\n\n`)
  else out.write(`${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\n')}${CLEAR_BELOW}`)
}

/** One line is left free: a terminal scrolls when its last one is full. */
function sizeOf({ columns, rows }: Terminal): { columns: number; rows: number } {
  return { columns: columns ?? Infinity, rows: rows === undefined ? Infinity : rows - 1 }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.max(0, ms))
    signal.addEventListener('abort', done, { once: true })
  })
}
