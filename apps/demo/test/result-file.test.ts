// A result on disk is there as a whole or not at all.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeResult } from '../src/readings/result-file.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catzilla-result-'))
})

afterEach(() => rm(folder, { recursive: true }))

it('takes the place of the result before', async () => {
  const path = join(folder, 'result.json')
  await writeFile(path, 'old')
  await writeResult(path, { a: [1, 2] }, 'me')
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ a: [1, 2] })
  expect(await readdir(folder)).toEqual(['result.json'])
})

it('leaves the result before, and no draft, when it cannot be written', async () => {
  const path = join(folder, 'result.json')
  await writeFile(path, 'old')
  await expect(writeResult(path, { number: 1n }, 'me')).rejects.toThrow(TypeError)
  expect(await readFile(path, 'utf8')).toBe('old')
  expect(await readdir(folder)).toEqual(['result.json'])
})
