// What goes wrong with files, in the words of the table of errors: the cause, the directory, and what to do.
import { StoreError, toError } from '@catzilla/engine'
import type { StoreFailure } from '@catzilla/engine'

interface Known {
  readonly reason: StoreFailure
  readonly words: string
  readonly remedy: string
}

const full: Known = {
  reason: 'full',
  words: 'has no room for more',
  remedy: 'free disk space or raise the quota; tasks are refused until it can be written again',
}
const readOnly: Known = {
  reason: 'read-only',
  words: 'is on a file system that is mounted read-only',
  remedy: 'mount it writable or choose another directory',
}
const permission: Known = {
  reason: 'permission',
  words: 'may not be read or written by this user',
  remedy: 'give this user rights to the directory and its files, or choose another directory',
}
const corrupt: Known = {
  reason: 'corrupt',
  words: 'is damaged',
  remedy:
    'put back a copy of it, or move the directory away to begin with an empty one; what can still be read is written out by "npx catzilla-durable export <directory>"',
}
const foreign: Known = {
  reason: 'foreign',
  words: 'holds files that are not of this package',
  remedy: 'choose an empty directory',
}
const failed: Known = {
  reason: 'failed',
  words: 'could not be used',
  remedy: 'the cause says more; tasks are refused until it can be written again',
}

/** By the codes of the system, and the words of LMDB. */
const byCode: readonly (readonly [RegExp, Known])[] = [
  [/\b(ENOSPC|EDQUOT|EFBIG|MDB_MAP_FULL)\b|no space left|quota exceeded|file too large/i, full],
  [/\bEROFS\b|read-only file system/i, readOnly],
  [/\b(EACCES|EPERM)\b|permission denied|operation not permitted/i, permission],
  [/\b(MDB_CORRUPTED|MDB_PAGE_NOTFOUND|MDB_PANIC)\b|located page was wrong type|requested page not found/i, corrupt],
  [/\b(MDB_INVALID|MDB_VERSION_MISMATCH|ENOTDIR|EISDIR)\b|not an LMDB file|version mismatch/i, foreign],
]

/** `thrown` as a StoreError. One that is one already is given back. */
export function asStoreError(thrown: unknown, directory: string, doing: string): StoreError {
  if (thrown instanceof StoreError) return thrown
  const error = toError(thrown)
  const said = `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message} ${causeOf(error)}`
  const known = byCode.find(([pattern]) => pattern.test(said))?.[1] ?? failed
  return storeError(known, directory, `${doing}: ${error.message}`, error)
}

export function corruptStore(directory: string, detail: string, cause?: unknown): StoreError {
  return storeError(corrupt, directory, detail, cause)
}

export function foreignStore(directory: string, detail: string): StoreError {
  return storeError(foreign, directory, detail)
}

export function otherFormat(directory: string, found: number, known: number): StoreError {
  const [writer, range, remedy] =
    found > known
      ? ['a newer', `up to ${known}`, 'update the package']
      : ['an older', `from ${known} on`, 'run what is left with the version that wrote it']
  return new StoreError(
    `the store in ${directory} was written by ${writer} version of @catzilla/durable (format ${found}, this one reads ${range}); ${remedy}, or choose another directory`,
    { reason: 'version' },
  )
}

export function missingKeyOf(directory: string, keyId: string, cause: unknown): StoreError {
  return new StoreError(
    `the store in ${directory} holds what the key ${JSON.stringify(keyId)} has encrypted, which encryptionKeys does not have; put that key back into the list, nothing is lost until then`,
    { reason: 'key', cause },
  )
}

export function lockedStore(directory: string, who: string, remedy: string): StoreError {
  return new StoreError(`the store in ${directory} is in use by ${who}; ${remedy}`, { reason: 'locked' })
}

export function closedStore(directory: string): StoreError {
  return new StoreError(`the store in ${directory} is closed; make a new engine to open it again`, { reason: 'closed' })
}

function storeError(known: Known, directory: string, detail: string, cause?: unknown): StoreError {
  const { reason, words, remedy } = known
  return new StoreError(`the store in ${directory} ${words} (${detail}); ${remedy}`, { reason, cause })
}

function causeOf(error: Error): string {
  const { cause, commitError } = error as { cause?: unknown; commitError?: unknown }
  return [cause, commitError]
    .filter((each) => each instanceof Error)
    .map((each) => each.message)
    .join(' ')
}
