// Which browser the tests open: the one that is named, else the first that starts.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bringChromium } from './bring-chromium.mjs'
import { findChromium, launchOptions } from './chromium.mjs'

let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catzilla chromium '))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A folder of the PATH with one program, which ends with this code. */
function plant(place, name, code) {
  const path = join(folder, place)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, name), `#!/bin/sh\nexit ${code}\n`)
  chmodSync(join(path, name), 0o755)
  return path
}

describe.skipIf(process.platform === 'win32')('findChromium', () => {
  test('takes the one that is named', () => {
    const PATH = plant('bin', 'chromium', 0)
    expect(findChromium({ PATH, CATZILLA_CHROMIUM: '/opt/browser' })).toBe('/opt/browser')
  })

  test('passes over a script that only says how to install it', () => {
    const PATH = [plant('first', 'chromium-browser', 1), plant('second', 'google-chrome', 0)].join(delimiter)
    expect(findChromium({ PATH })).toBe(join(folder, 'second', 'google-chrome'))
  })

  test('finds none where there is none', () => {
    expect(findChromium({ PATH: folder })).toBeUndefined()
    expect(findChromium({})).toBeUndefined()
  })
})

describe.skipIf(process.platform === 'win32')('the set-up of browser tests', () => {
  const brought = { path: '/brought/chromium', source: 'a test', env: { LD_LIBRARY_PATH: '/brought/lib' } }

  test('brings none where there is one', () => {
    const env = { PATH: plant('bin', 'chromium', 0) }
    bringChromium(env, () => expect.unreachable('nothing is to be brought'))
    expect(Object.keys(env)).toEqual(['PATH'])
  })

  test('names the one that it brought, which is launched with what lies beside it', () => {
    const env = { PATH: folder }
    bringChromium(env, () => brought)
    expect(findChromium(env)).toBe(brought.path)
    expect(launchOptions(brought.path, env)).toMatchObject({
      executablePath: brought.path,
      env: { PATH: folder, LD_LIBRARY_PATH: '/brought/lib' },
    })
  })

  test('leaves the tests to skip where none can be brought', () => {
    const env = { PATH: folder }
    bringChromium(env, () => ({ skip: 'no network' }))
    expect(findChromium(env)).toBeUndefined()
  })
})
