// Named moments that tests wait for, instead of sleeping.

/** A door that opens once: those who wait at it go on then. */
export class Gate<T = void> {
  readonly opened: Promise<T>
  #open: (value: T) => void = () => {}

  constructor() {
    this.opened = new Promise((resolve) => (this.#open = resolve))
  }

  /** An arrow, so that it can be handed over as a callback. */
  readonly open = (value: T): void => this.#open(value)
}

/** A body that tells when it has begun, and ends when it is let go. */
export class HeldBody {
  readonly #begun = new Gate()
  readonly #released = new Gate()

  readonly begun: Promise<void> = this.#begun.opened
  readonly release: () => void = () => this.#released.open()

  readonly run = async (): Promise<string> => {
    this.#begun.open()
    await this.#released.opened
    return 'released'
  }
}

/**
 * Lets the event loop turn a few times, so that what would wrongly happen at once has had its chance. Nothing that
 * should happen is waited for in this way.
 */
export async function someTurns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
