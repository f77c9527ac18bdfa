// The checks of what is published are shown to fail: violations are planted in a small workspace of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkDeclarations } from './declarations.mjs'
import { checkLicences } from './licences.mjs'
import { checkSizes } from './sizes.mjs'

let root

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catzilla checks '))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('licences', () => {
  beforeEach(() => {
    plant('packages/api/package.json', { name: '@catzilla/api', dependencies: { left: '1', '@catzilla/engine': '1' } })
    plant('packages/api/node_modules/left/package.json', {
      name: 'left',
      version: '1.0.0',
      dependencies: { below: '2' },
    })
    install('left', '1.0.0', 'MIT')
    install('below', '2.0.0', '(MIT OR GPL-3.0)')
    install('@types/tool', '1.0.0', 'ISC AND BlueOak-1.0.0')
    plant('packages/api/node_modules/below/package.json', { name: 'below', version: '2.0.0' })
  })

  test('what asks for no more than to be named passes', () => expect(checkLicences(root, {})).toEqual([]))

  test('one that users would install is refused, also two steps away, and no exception helps', () => {
    install('below', '2.0.0', 'GPL-3.0')
    expect(checkLicences(root, { below: 'a reason', other: 'a reason' })).toEqual([
      'below@2.0.0: users would install GPL-3.0',
      expect.stringContaining('below needs no exception'),
      expect.stringContaining('other needs no exception'),
    ])
  })

  test.each(['LGPL-3.0-only', 'MIT AND GPL-3.0', undefined])('of a tool, %s needs a row', (licence) => {
    install('tool', '3.0.0', licence)
    expect(checkLicences(root, {})).toEqual([expect.stringContaining('tool@3.0.0')])
    expect(checkLicences(root, { tool: 'only builds' })).toEqual([])
  })

  /** What is in the store of pnpm. */
  function install(name, version, license) {
    const folder = `node_modules/.pnpm/${name.replace('/', '+')}@${version}/node_modules/${name}`
    plant(`${folder}/package.json`, { name, version, license })
  }
})

describe('declarations', () => {
  test('any is found, by the name of what has it', () => {
    plant('packages/api/package.json', { name: '@catzilla/api' })
    expect(checkDeclarations(root)).toEqual([expect.stringContaining('no declarations')])
    plant('packages/api/dist/index.d.ts', `export declare const anything: unknown // any\n`)
    expect(checkDeclarations(root)).toEqual([])
    plant('packages/api/dist/index.d.ts', `\nexport interface Task {\n  run(...args: any[]): void\n}\n`)
    expect(checkDeclarations(root)).toEqual(['packages/api/dist/index.d.ts:3: any, in args'])
  })
})

describe('sizes', () => {
  const name = '@catzilla/api'

  test('a package larger than its row, without one, or not built is found', () => {
    plant('packages/api/package.json', { name, files: ['dist'] })
    expect(checkSizes(root, {})).toEqual([expect.stringContaining('not built')])
    plant('packages/api/dist/index.js', `import 'elsewhere'\nimport './more.js'\nexport const a = 1\n`)
    plant('packages/api/dist/more.js', `console.log(${JSON.stringify(noise(5000))})\n`)
    expect(checkSizes(root, {})).toEqual([expect.stringContaining('has no row')])
    expect(checkSizes(root, { [name]: { published: 9000, loaded: 9000 } })).toEqual([])
    expect(checkSizes(root, { [name]: { published: 9000, loaded: 2000 } })).toEqual([
      expect.stringMatching(/^@catzilla\/api: loaded are \d+ bytes, the budget is 2000: /),
    ])
    expect(checkSizes(root, { [name]: { published: 2000 }, gone: {} })).toEqual([
      expect.stringContaining('there is no package gone'),
      expect.stringContaining('published are'),
      expect.stringContaining('loaded are'),
    ])
  })

  /** Text that does not compress well. */
  function noise(length) {
    let state = 1
    return Array.from({ length }, () =>
      String.fromCharCode(97 + ((state = (state * 48_271) % 2_147_483_647) % 26)),
    ).join('')
  }
})

function plant(path, content) {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}
