// Each example runs on the built packages, as users have them, and prints what stands at its end.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadCore } from '@catzilla/core-c'
import { expect, test } from 'vitest'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const examples = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'))

/** Those that show the C engine itself. The others run on any engine, and print the same on each. */
const needsNative = new Set(['compile'])
const native = loadCore().core !== undefined

test.each(examples)('%s prints what it says', async (name) => {
  const expected = printedAccordingTo(await readFile(join(folder, `${name}.ts`), 'utf8'))
  for (const engine of native ? ['native', 'typescript'] : ['typescript']) {
    if (engine === 'typescript' && needsNative.has(name)) continue
    expect(await printed(name, engine), `on the ${engine} engine`).toBe(expected)
  }
})

test('the list in the README has every example', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8')
  const listed = [...readme.matchAll(/\]\((.+?)\.ts\)/g)].map(([, name]) => name ?? '')
  expect(new Set(listed)).toEqual(new Set(examples))
})

/** The comment at the end of an example: `// It prints:` and a line for each line. */
function printedAccordingTo(code: string): string {
  const comment = /\/\/ It prints:\n((?:\/\/ ?.*\n)+)$/.exec(code)?.[1]
  if (comment === undefined) throw new Error('the example does not end with a comment "// It prints:"')
  return comment.replaceAll(/^\/\/ ?/gm, '')
}

/** What a process of its own prints, and nothing else: a warning would be a defect of the example. */
async function printed(name: string, engine: string): Promise<string> {
  if (!existsSync(join(folder, 'node_modules/@catzilla/api/dist'))) throw new Error('run "npm run build" before')
  const told = ([key]: [string, unknown]) => !/^(NODE_|VITEST|CATZILLA_(?!NATIVE))/.test(key)
  const env = { ...Object.fromEntries(Object.entries(process.env).filter(told)), CATZILLA_ENGINE: engine }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', `${name}.ts`], {
    cwd: folder,
    env,
  })
  expect(stderr).toBe('')
  return stdout
}
