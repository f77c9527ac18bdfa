// Folders of jobs. They are gone when the job is, also when the process ends first.
import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { makeTemporaryFolder } from './temporary-folder.ts'

/** What the names of these folders begin with; one whose process was killed is swept by the disk cache. */
export const scratchPrefix = 'job-'

export class Scratch {
  readonly #folders = new Set<string>()
  readonly #stop: () => void

  /** @param stop called before folders are removed because the process ends */
  constructor(stop: () => void) {
    this.#stop = stop
  }

  /** Rejects when there can be no folder in any of these. */
  async use<T>(parents: readonly string[], work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await makeTemporaryFolder(parents, scratchPrefix)
    if (this.#folders.size === 0) process.on('exit', this.#onExit)
    this.#folders.add(folder)
    try {
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true }).catch(() => {})
      this.#folders.delete(folder)
      if (this.#folders.size === 0) process.off('exit', this.#onExit)
    }
  }

  readonly #onExit = (): void => {
    this.#stop()
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }
}
