// A command that runs a script of BullMQ's, which every task goes through twice: written into one buffer in one go, and with
// one promise. ioredis' own has three, and asks for the length of each argument and copies it piece by piece.
import { createHash } from 'node:crypto'
import { Command } from 'ioredis'

/** Longer arguments are written as ioredis does it. */
const MOST_TOGETHER = 65_536

/** Where a command is sent once more. */
export interface Resending {
  sendCommand(command: Command): unknown
}

/** A script, and which connections have loaded it. */
export class Script {
  readonly lua: string
  readonly keys: number
  readonly sha: string
  readonly #loaded = new WeakSet<object>()

  constructor(lua: string, keys: number) {
    this.lua = lua
    this.keys = keys
    this.sha = createHash('sha1').update(lua).digest('hex')
  }

  /** True once the script has been sent there. */
  isLoadedOn(socket: object): boolean {
    return this.#loaded.has(socket)
  }

  loads(socket: object): void {
    this.#loaded.add(socket)
  }

  /** The server does not know it any more. */
  isGoneFrom(socket: object): void {
    this.#loaded.delete(socket)
  }
}

export class ScriptCommand extends Command {
  readonly #script: Script
  #socket: object | null = null

  constructor(script: Script, args: readonly (string | number | Buffer)[], redis: Resending) {
    super('evalsha', [script.sha, script.keys, ...args], { replyEncoding: 'utf8' })
    this.#script = script
    const refuse = this.reject
    this.reject = (error) => {
      if (this.#socket === null || !error.message.startsWith('NOSCRIPT')) return refuse(error)
      script.isGoneFrom(this.#socket)
      redis.sendCommand(this)
    }
  }

  override toWritable(socket: object): string | Buffer {
    this.#socket = socket
    const script = this.#script
    const isLoaded = script.isLoadedOn(socket)
    this.name = isLoaded ? 'evalsha' : 'eval'
    this.args[0] = isLoaded ? script.sha : script.lua
    script.loads(socket)
    return (isLoaded ? written(this.name, this.args) : null) ?? super.toWritable(socket)
  }
}

/** As the protocol has it: numbers of bytes and bytes, each byte one character until all become a buffer. */
function written(name: string, args: Command['args']): Buffer | null {
  let text = `*${args.length + 1}\r\n$${name.length}\r\n${name}\r\n`
  for (const arg of args) {
    if (typeof arg === 'string') {
      const bytes = Buffer.byteLength(arg)
      if (bytes > MOST_TOGETHER) return null
      // as many bytes as characters: they are the same
      text += `$${bytes}\r\n${bytes === arg.length ? arg : Buffer.from(arg).toString('latin1')}\r\n`
    } else if (Buffer.isBuffer(arg) && arg.length <= MOST_TOGETHER) {
      text += `$${arg.length}\r\n${arg.toString('latin1')}\r\n`
    } else return null
  }
  return Buffer.from(text, 'latin1')
}
