// Which binary is taken, in which order, and what is said when none can be.
import { describe, expect, test } from 'vitest'
import { loadCore } from '../src/index.ts'

const core = { createEngine() {}, programs: { testMathBy() {} } }

/** A machine with these binaries: an Error is one that does not load, any other value is what loading gives. */
function machine(binaries: Record<string, unknown>) {
  const tried: string[] = []
  const require = (id: string): unknown => {
    tried.push(id)
    if (!(id in binaries)) throw new Error(`Cannot find module '${id}'\nRequire stack:\n- here`)
    if (binaries[id] instanceof Error) throw binaries[id]
    return binaries[id]
  }
  return { tried, options: { require, env: {}, localBuild: undefined, platform: 'linux', arch: 'x64' } }
}

describe('loadCore', () => {
  test('takes the prebuilt binary of the platform', () => {
    const { options, tried } = machine({ '@catzilla/core-c-linux-x64-gnu': core })
    expect(loadCore(options)).toEqual({ core, source: 'prebuilt @catzilla/core-c-linux-x64-gnu', errors: [] })
    expect(tried).toEqual(['@catzilla/core-c-linux-x64-gnu'])
  })

  test.each([
    ['linux', 'arm64', '@catzilla/core-c-linux-arm64-gnu'],
    ['darwin', 'arm64', '@catzilla/core-c-darwin-arm64'],
    ['darwin', 'x64', '@catzilla/core-c-darwin-x64'],
  ])('knows %s on %s', (platform, arch, name) => {
    const { options } = machine({ [name]: core })
    expect(loadCore({ ...options, platform, arch }).source).toBe(`prebuilt ${name}`)
  })

  test('a build of its own comes before the prebuilt one, a named binary before both', () => {
    const { options } = machine({ '/named.node': core, '/local.node': core, '@catzilla/core-c-linux-x64-gnu': core })
    const local = { ...options, localBuild: '/local.node' }
    expect(loadCore(local).source).toBe('local build /local.node')
    expect(loadCore({ ...local, env: { CATZILLA_NATIVE_PATH: '/named.node' } }).source).toBe(
      'CATZILLA_NATIVE_PATH /named.node',
    )
  })

  test('goes on after a binary that does not load, and says so in one line', () => {
    const { options } = machine({ '/local.node': new Error('wrong ELF class\nsecond line'), '/named.node': {} })
    const found = loadCore({ ...options, localBuild: '/local.node', env: { CATZILLA_NATIVE_PATH: '/named.node' } })
    expect(found.core).toBeUndefined()
    expect(found.errors).toEqual([
      'CATZILLA_NATIVE_PATH /named.node: it is no binary of @catzilla/core-c',
      'local build /local.node: wrong ELF class',
      "prebuilt @catzilla/core-c-linux-x64-gnu: Cannot find module '@catzilla/core-c-linux-x64-gnu'",
    ])
    expect(found.source).toBe(`no native core: ${found.errors.join('; ')}`)
  })

  test('errors before the binary that loads are kept', () => {
    const { options } = machine({ '@catzilla/core-c-linux-x64-gnu': core })
    const found = loadCore({ ...options, localBuild: '/local.node' })
    expect(found.core).toBe(core)
    expect(found.errors).toEqual(["local build /local.node: Cannot find module '/local.node'"])
  })

  test('switched off, it tries nothing', () => {
    const { options, tried } = machine({ '/named.node': core })
    const env = { CATZILLA_NATIVE: 'off', CATZILLA_NATIVE_PATH: '/named.node' }
    expect(loadCore({ ...options, env })).toEqual({ core: undefined, source: 'CATZILLA_NATIVE is off', errors: [] })
    expect(tried).toEqual([])
  })

  test('a platform without a binary is named', () => {
    const { options, tried } = machine({})
    const found = loadCore({ ...options, platform: 'win32' })
    expect(found).toEqual({ core: undefined, source: 'no native core: there is none for win32 x64', errors: [] })
    expect(tried).toEqual([])
  })

  test('without options the first answer holds for the process', () => {
    expect(loadCore()).toBe(loadCore())
    expect(loadCore().core === undefined).toBe(loadCore().source.startsWith('no native core') || isOff())
  })
})

function isOff(): boolean {
  return process.env['CATZILLA_NATIVE'] === 'off'
}
