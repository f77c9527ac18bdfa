// A run as it goes on, for those who look at it: first the whole, then what has changed. Runs are looked at a few times a second
// and know nothing of it, so a run costs no more for being watched, however many steps it has; a client that reads slowly is
// sent fewer changes, each with all that happened since the one before.
import type { PlainRequest } from '../plain.ts'
import { HttpProblem } from '../problem.ts'
import { isOver } from './source.ts'
import type { RunPicture } from './source.ts'

export interface RunStreamOptions {
  readonly maxStreams: number
  readonly heartbeatMs: number
}

/** Milliseconds between two looks, at least. */
const EVERY_MS = 200
/** The part of the time that may be spent on looks at one run. */
const SHARE = 0.05

const encoder = new TextEncoder()
const heartbeat = encoder.encode(': still here\n\n')
const farewell = encoder.encode('event: end\ndata: {"reason":"the server shuts down"}\n\n')

/** Gives the run as it stands; undefined: it is no longer kept. */
type Look = () => RunPicture | undefined

export class RunStreams {
  readonly #options: RunStreamOptions
  readonly #open = new Set<RunStream>()
  #closed = false

  constructor(options: RunStreamOptions) {
    this.#options = options
  }

  /** The run from now on, until it is over. @throws HttpProblem 429, 503 */
  open(look: Look, { signal }: Pick<PlainRequest, 'signal'>): ReadableStream<Uint8Array> {
    if (this.#closed) throw new HttpProblem('draining', 'the server shuts down')
    const { maxStreams, heartbeatMs } = this.#options
    if (this.#open.size >= maxStreams) throw new HttpProblem('busy', `${maxStreams} clients look at runs already`)
    const stream = new RunStream(look, heartbeatMs, () => this.#open.delete(stream))
    this.#open.add(stream)
    signal.addEventListener('abort', () => stream.stop(), { once: true })
    return stream.readable
  }

  get clients(): number {
    return this.#open.size
  }

  /** Ends every stream. */
  close(): void {
    this.#closed = true
    for (const stream of this.#open) stream.end(farewell)
  }
}

class RunStream {
  readonly readable: ReadableStream<Uint8Array>
  readonly #look: Look
  readonly #heartbeatMs: number
  readonly #ended: () => void
  readonly #shown = new Map<string, string>()
  #shownRun = ''
  #sentAt = 0
  #timer: NodeJS.Timeout | undefined
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(look: Look, heartbeatMs: number, ended: () => void) {
    this.#look = look
    this.#heartbeatMs = heartbeatMs
    this.#ended = ended
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller
        controller.enqueue(encoder.encode('retry: 2000\n: connected\n\n'))
        this.#next(0)
      },
      cancel: () => this.stop(),
    })
  }

  /** The client has gone. */
  stop(): void {
    if (this.#controller === undefined) return
    this.#controller = undefined
    clearTimeout(this.#timer)
    this.#ended()
  }

  /** Sends a last word, and closes. */
  end(word: Uint8Array): void {
    const controller = this.#controller
    if (controller === undefined) return
    controller.enqueue(word)
    controller.close()
    this.stop()
  }

  #next(ms: number): void {
    this.#timer = setTimeout(() => this.#turn(), ms).unref()
  }

  #turn(): void {
    const controller = this.#controller
    if (controller === undefined) return
    // what it has not read yet is waited for
    if ((controller.desiredSize ?? 0) < 0) return this.#next(EVERY_MS)
    const began = performance.now()
    const picture = this.#lookSafely(controller)
    if (picture === 'unseen') return
    if (picture === undefined) return this.end(eventOf('gone', { reason: 'the run is no longer kept (keepRuns)' }))
    const news = this.#newsOf(picture)
    if (news !== undefined) this.#send(controller, news)
    else if (began - this.#sentAt >= this.#heartbeatMs) this.#send(controller, heartbeat)
    if (isOver(picture)) return this.end(eventOf('over', { status: picture.status }))
    this.#next(Math.max(EVERY_MS, (performance.now() - began) / SHARE))
  }

  /** `redact` is not ours, and may throw: that ends the stream and nothing else. */
  #lookSafely(controller: ReadableStreamDefaultController<Uint8Array>): RunPicture | undefined | 'unseen' {
    try {
      return this.#look()
    } catch (thrown) {
      controller.error(thrown)
      this.stop()
      return 'unseen'
    }
  }

  #send(controller: ReadableStreamDefaultController<Uint8Array>, bytes: Uint8Array): void {
    controller.enqueue(bytes)
    this.#sentAt = performance.now()
  }

  /** The whole the first time, then the run with those steps that have changed; undefined when nothing has. */
  #newsOf(picture: RunPicture): Uint8Array | undefined {
    const isFirst = this.#shownRun === ''
    const steps = picture.steps.filter((step) => this.#isNew(step.id, fixed(step)))
    const run = fixed({ ...picture, steps: [] })
    if (run === this.#shownRun && steps.length === 0) return undefined
    this.#shownRun = run
    return eventOf(isFirst ? 'run' : 'change', { ...picture, steps })
  }

  #isNew(id: string, text: string): boolean {
    if (this.#shown.get(id) === text) return false
    this.#shown.set(id, text)
    return true
  }
}

/** Without what grows by itself: who looks knows the clock. */
function fixed(line: object): string {
  return JSON.stringify({ ...line, durationMs: null })
}

function eventOf(type: string, data: object): Uint8Array {
  return encoder.encode(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
}
