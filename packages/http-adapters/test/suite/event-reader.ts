// Reads server-sent events, one at a time.

export interface ReadEvent {
  readonly id: string | undefined
  readonly event: string | undefined
  /** The data as JSON; undefined for a comment. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into what they check
  readonly data: any
  readonly text: string
}

export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<string>
  #text = ''

  constructor(response: Response) {
    if (response.body === null) throw new Error('the answer has no body')
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  }

  /** The next block, be it an event or a comment; undefined at the end. */
  async next(): Promise<ReadEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const block = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        return read(block)
      }
      const { done, value } = await this.#reader.read()
      if (done) return undefined
      this.#text += value
    }
  }

  /** The next event of that type, passing over others. */
  async until(type: string): Promise<ReadEvent> {
    for (;;) {
      const found = await this.next()
      if (found === undefined) throw new Error(`the stream ended before ${type}`)
      if (found.event === type) return found
    }
  }

  leave(): Promise<void> {
    return this.#reader.cancel()
  }
}

function read(block: string): ReadEvent {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
  const data = field('data')
  return {
    id: field('id'),
    event: field('event'),
    data: data === undefined ? undefined : JSON.parse(data),
    text: block,
  }
}
