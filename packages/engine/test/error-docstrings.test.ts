// What an editor shows of an error class is what the table says of it.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { errorTable } from '../src/contract/errors.ts'

const source = await readFile(new URL('../src/contract/errors.ts', import.meta.url), 'utf8')

test.each(Object.entries(errorTable))('%s has the words of its row', (name, { when }) => {
  const [, comment = ''] = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\nexport class ${name} `).exec(source) ?? []
  expect(comment.replaceAll(/\s+(?:\* )?/g, ' ').trim()).toBe(when)
})
