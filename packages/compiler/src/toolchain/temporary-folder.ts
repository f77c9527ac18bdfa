// Temporary folders, and what is said where there can be none.
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A new folder in the first of these that can have one, which only its owner may enter. Whoever asks for it removes it.
 * @param prefix what its name begins with
 * @throws Error naming what was tried and the remedy, when there can be none
 */
export async function makeTemporaryFolder(parents: readonly string[], prefix: string): Promise<string> {
  let failure: unknown
  for (const parent of parents) {
    try {
      return await mkdtemp(join(parent, prefix))
    } catch (thrown) {
      failure = thrown
    }
  }
  throw new Error(
    `no folder for temporary files can be made in ${parents.join(' or ')}; set TMPDIR to a folder that can be written`,
    { cause: failure },
  )
}
