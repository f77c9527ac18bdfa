// Folders for a while, and what is said where there can be none.
import { rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { makeTemporaryFolder } from '../../src/toolchain/temporary-folder.ts'
import { newFolder } from './fakes.ts'

const nowhere = '/proc/nowhere'

test('is made in the first that can have one, for its owner only', async () => {
  const parent = newFolder()
  const made = await makeTemporaryFolder([nowhere, parent], 'some-')
  expect(dirname(made)).toBe(parent)
  expect(statSync(made).mode & 0o077).toBe(0)
  rmSync(made, { recursive: true })
})

test('says what to do where there can be none', async () => {
  const made = makeTemporaryFolder([nowhere, '/dev/null'], 'some-')
  await expect(made).rejects.toThrow(
    'no folder for temporary files can be made in /proc/nowhere or /dev/null; set TMPDIR to a folder that can be written',
  )
  await expect(made).rejects.toHaveProperty('cause.code', 'ENOTDIR')
})
