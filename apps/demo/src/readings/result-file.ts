// Writes a result to disk so that a reader finds the whole of it or nothing, whenever the writer is stopped.
import { open, rename, rm } from 'node:fs/promises'

/**
 * Replaces the file at `path` with `value` as JSON: written beside it, flushed to the disk, then renamed.
 * @param writer tells writers of the same file apart
 */
export async function writeResult(path: string, value: unknown, writer: string): Promise<void> {
  const draft = `${path}.${writer}.draft`
  try {
    const file = await open(draft, 'w')
    try {
      await file.writeFile(`${JSON.stringify(value, undefined, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (thrown) {
    await rm(draft, { force: true })
    throw thrown
  }
}
