// A connection whose commands of one turn leave together: each would otherwise be a write to the socket of its own, here and
// for the server that reads it. Scripts are written by `ScriptCommand`.
import { Redis } from 'ioredis'
import { Script, ScriptCommand } from './script-command.ts'
import type { Resending } from './script-command.ts'

/** After so many they leave all the same: the server works on them while the next ones are made. */
const MOST_TOGETHER = 16

interface Corked {
  cork(): void
  uncork(): void
}

/** As BullMQ calls a script: all of its keys and arguments as one list. On the connection, or on a pipeline of it. */
type Run = (this: Resending, args: readonly (string | number | Buffer)[]) => unknown

export class GatheringRedis extends Redis {
  #held: Corked | null = null
  #count = 0

  override defineCommand(...[name, definition]: Parameters<Redis['defineCommand']>): void {
    super.defineCommand(name, definition)
    const { lua, numberOfKeys } = definition
    if (numberOfKeys === undefined) return
    const script = new Script(lua, numberOfKeys)
    const resending: Resending = { sendCommand: (command) => this.sendCommand(command) }
    const run: Run = function (args) {
      return this.sendCommand(new ScriptCommand(script, args, resending))
    }
    Object.assign(this, { [name]: run })
  }

  override sendCommand(...sent: Parameters<Redis['sendCommand']>): unknown {
    this.#hold()
    return super.sendCommand(...sent)
  }

  #hold(): void {
    const stream = this.stream as Partial<Corked> | undefined
    if (this.status !== 'ready' || stream?.cork === undefined) return
    if (this.#held === null) {
      this.#held = stream as Corked
      this.#held.cork()
      process.nextTick(() => this.#letGo())
    } else if (++this.#count === MOST_TOGETHER) {
      this.#count = 0
      this.#held.uncork()
      this.#held.cork()
    }
  }

  #letGo(): void {
    this.#held?.uncork()
    this.#held = null
    this.#count = 0
  }
}
