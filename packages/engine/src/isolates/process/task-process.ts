// One child process: how it is started, asked and ended, and how its end is told once everything it said has been heard.
import { fork } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import type { Alarm, Clock } from '../../support/clock.ts'
import { KnownCodes } from './known-codes.ts'
import type { ProcessAttempt } from './process-attempt.ts'
import { LIFELINE, readLastWords } from './last-words.ts'
import { PatientAlarm } from './patient-alarm.ts'
import type { ProcessEnd } from './process-end.ts'
import { readMessage } from './protocol.ts'
import type { ChildOrders, FromChild, ToChild } from './protocol.ts'
import { Carrier } from '../wire/carrier.ts'
import { unpackError } from '../wire/wire-error.ts'

/** What is kept of the latest a child wrote to its stderr: before it aborts, V8 says why, and then lists up to 200 calls. */
const STDERR_KEPT = 16_384

/** After its exit, how long to wait for the rest of what a child said: somebody else may hold its pipes open. */
const LAST_WORDS_MS = 200

/** What is kept of the words. */
const WORDS_KEPT = 4096

/** Descriptor of the carrier in a child: its place after LIFELINE. */
const CARRIER = 5

export interface Fork {
  readonly entry: string
  readonly execArgv: readonly string[]
  readonly heapMb: number
  /** Time to become ready. */
  readonly readyMs: number
  readonly orders: ChildOrders
}

export interface ProcessListener {
  heard(child: TaskProcess, message: FromChild): void
  ended(child: TaskProcess, end: ProcessEnd): void
}

/** What the types do not tell of the pipes of a child. */
interface Pipe {
  ref(): void
  unref(): void
}

export class TaskProcess {
  /** V8's own limit in it. */
  readonly heapMb: number
  state: 'starting' | 'idle' | 'busy' | 'leaving' | 'ended' = 'starting'
  /** What it was given and has not ended. */
  attempt: ProcessAttempt | null = null
  /** Attempts it has begun. */
  tasks = 0
  idleSince = 0
  /** Its resident memory, as it has told of late. */
  residentBytes = 0
  /** When it last said something, and since when, in watched time, a ping goes unanswered. */
  heardAt: number
  pingedAt: number | null = null
  /** By which large buffers go there and come back; null where there is no such file. */
  readonly carrier: Carrier | null
  /** Numbers of the codes that it has. */
  readonly codes: KnownCodes = new KnownCodes()
  readonly #child: ChildProcess
  readonly #clock: Clock
  readonly #listener: ProcessListener
  readonly #open = new Set(['process', 'channel', 'stderr', 'words'])
  #alarm: Alarm | null = null
  #alarmAt = Infinity
  #stderr = ''
  #words = ''
  #failure: Error | undefined
  #why: string | undefined

  constructor({ entry, execArgv, heapMb, readyMs, orders }: Fork, clock: Clock, listener: ProcessListener) {
    this.heapMb = heapMb
    this.#clock = clock
    this.#listener = listener
    this.heardAt = clock.now()
    this.carrier = Carrier.open()
    const carried = this.carrier === null ? [] : [this.carrier.fd]
    const options = {
      execArgv: [...execArgv, `--max-old-space-size=${heapMb}`],
      serialization: 'advanced' as const,
      // standard three, the channel, the pipe that is LIFELINE, and the file that is CARRIER
      stdio: ['ignore', 'inherit', 'pipe', 'ipc', 'pipe', ...carried] as StdioOptions,
      windowsHide: true,
    }
    const told = this.carrier === null ? orders : { ...orders, carrier: CARRIER }
    try {
      this.#child = fork(entry, [JSON.stringify(told)], options)
    } catch (thrown) {
      this.carrier?.close()
      throw thrown
    }
    this.#listen(this.#child)
    // what keeps the parent alive is that tasks are unsettled
    this.hold(false)
    this.#setAlarm(readyMs, () => this.#giveUp(`it was not ready after ${readyMs} ms`))
  }

  /** 0 when it could not be started at all. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Whether the parent stays alive for it. */
  hold(wanted: boolean): void {
    const { channel, stderr, stdio } = this.#child
    const change = wanted ? 'ref' : 'unref'
    this.#child[change]()
    channel?.[change]()
    // typed as streams, they are sockets: what is referenced or not
    for (const pipe of [stderr, stdio[LIFELINE]]) (pipe as unknown as Pipe | null | undefined)?.[change]()
  }

  /** False once its end is known: its number may be another's then. */
  get isRunning(): boolean {
    return this.#open.has('process')
  }

  /** @throws when the message cannot be serialised */
  send(message: ToChild): void {
    // a channel that is closed is heard of by its end
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  /** Asks it to go as soon as its body has ended, and ends it when it has not gone by then. */
  leave(graceMs: number): void {
    if (this.state === 'ended') return
    this.state = 'leaving'
    this.send({ kind: 'leave' })
    this.killAfter(graceMs)
  }

  kill(): void {
    if (this.state === 'ended') return
    this.state = 'leaving'
    this.relent()
    this.#child.kill('SIGKILL')
  }

  /** Kills it then, if not before, unless `relent` is called first. */
  killAfter(ms: number): void {
    if (this.#clock.now() + ms < this.#alarmAt) this.#setAlarm(ms, () => this.kill())
  }

  relent(): void {
    this.#alarm?.cancel()
    this.#alarm = null
    this.#alarmAt = Infinity
  }

  #setAlarm(ms: number, ring: () => void): void {
    this.relent()
    if (ms === Infinity) return
    this.#alarmAt = this.#clock.now() + ms
    const alarm = new PatientAlarm(this.#clock, ms, () => {
      // what it said in time may not have been read: this event loop may have been the busy one
      setImmediate(() => {
        if (this.#alarm === alarm) ring()
      })
    })
    this.#alarm = alarm
  }

  #listen(child: ChildProcess): void {
    child.on('message', (message) => this.#hear(readMessage(message)))
    child.once('exit', () => this.#exited())
    child.once('disconnect', () => this.#closed('channel'))
    child.on('error', (error) => {
      if (child.pid !== undefined) return this.#giveUp(`its channel broke: ${error.message}`)
      this.#why = `it could not be started: ${error.message}`
      this.#end()
    })
    // what becomes of its pipes is told by its end
    for (const pipe of [child.stderr, child.stdio[LIFELINE]]) pipe?.on('error', () => {})
    child.stderr?.on('data', (chunk: Buffer) => this.#passOn(chunk))
    child.stderr?.once('close', () => this.#closed('stderr'))
    const words = child.stdio[LIFELINE]
    words?.on('data', (chunk: Buffer) => (this.#words = `${this.#words}${chunk.toString()}`.slice(0, WORDS_KEPT)))
    words?.once('close', () => this.#closed('words'))
  }

  #hear(message: FromChild | undefined): void {
    this.heardAt = this.#clock.now()
    this.pingedAt = null
    if (message === undefined || this.state === 'ended') return
    if (message.kind === 'crash') this.#failure = unpackError(message.error)
    this.#listener.heard(this, message)
  }

  #passOn(chunk: Buffer): void {
    process.stderr.write(chunk)
    this.#stderr = `${this.#stderr}${chunk.toString()}`.slice(-STDERR_KEPT)
  }

  /** It is of no use, though nobody asked it to go. */
  #giveUp(why: string): void {
    this.#why ??= why
    this.#child.kill('SIGKILL')
  }

  #exited(): void {
    this.relent()
    this.#closed('process')
    if (this.#open.size > 0) this.#setAlarm(LAST_WORDS_MS, () => this.#end())
  }

  #closed(what: string): void {
    this.#open.delete(what)
    if (this.#open.size === 0) this.#end()
    else if (what === 'channel' && this.#open.has('process')) {
      this.#setAlarm(LAST_WORDS_MS, () => this.#giveUp('it closed its channel to the engine and did not end'))
    }
  }

  #end(): void {
    if (this.state === 'ended') return
    const asked = this.state === 'leaving'
    this.relent()
    this.carrier?.close()
    this.state = 'ended'
    const { exitCode, signalCode } = this.#child
    const { pid } = this
    const [stderr, failure, why] = [this.#stderr, this.#failure, this.#why]
    const lastWords = readLastWords(this.#words)
    this.#listener.ended(this, { pid, exitCode, signalCode, asked, stderr, failure, why, lastWords })
  }
}
