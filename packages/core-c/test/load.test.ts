// Which binary is taken, in which order, and what is said when none can be.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadCore } from '../src/index.ts'
import { libcOf } from '../src/platform.ts'

const core = { createEngine() {}, programs: { testMathBy() {} } }

const glibc = { platform: 'linux', arch: 'x64', libc: 'glibc' } as const

/** A machine with these binaries: an Error is one that does not load, any other value is what loading gives. */
function machine(binaries: Record<string, unknown>) {
  const tried: string[] = []
  const require = (id: string): unknown => {
    tried.push(id)
    if (!(id in binaries)) throw new Error(`Cannot find module '${id}'\nRequire stack:\n- here`)
    if (binaries[id] instanceof Error) throw binaries[id]
    return binaries[id]
  }
  return { tried, options: { require, env: {}, localBuild: undefined, ...glibc } }
}

describe('loadCore', () => {
  test('takes the prebuilt binary of the platform', () => {
    const { options, tried } = machine({ '@catzilla/core-c-linux-x64-gnu': core })
    expect(loadCore(options)).toEqual({ core, source: 'prebuilt @catzilla/core-c-linux-x64-gnu', errors: [] })
    expect(tried).toEqual(['@catzilla/core-c-linux-x64-gnu'])
  })

  test.each([
    ['linux', 'arm64', 'glibc', '@catzilla/core-c-linux-arm64-gnu'],
    ['linux', 'arm64', 'musl', '@catzilla/core-c-linux-arm64-musl'],
    ['linux', 'x64', 'musl', '@catzilla/core-c-linux-x64-musl'],
    ['darwin', 'arm64', 'glibc', '@catzilla/core-c-darwin-arm64'],
    ['darwin', 'x64', 'glibc', '@catzilla/core-c-darwin-x64'],
    ['win32', 'x64', 'glibc', '@catzilla/core-c-win32-x64'],
  ] as const)('knows %s on %s with %s', (platform, arch, libc, name) => {
    const { options } = machine({ [name]: core })
    expect(loadCore({ ...options, platform, arch, libc }).source).toBe(`prebuilt ${name}`)
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

  test.each(['off', 'OFF', 'false', 'no', '0'])('switched off by %s, it tries nothing', (word) => {
    const { options, tried } = machine({ '/named.node': core })
    const env = { CATZILLA_NATIVE: word, CATZILLA_NATIVE_PATH: '/named.node' }
    expect(loadCore({ ...options, env })).toEqual({ core: undefined, source: 'CATZILLA_NATIVE is off', errors: [] })
    expect(tried).toEqual([])
  })

  test('a platform without a binary is named', () => {
    const { options, tried } = machine({})
    const found = loadCore({ ...options, platform: 'freebsd' })
    expect(found).toEqual({ core: undefined, source: 'no native core: there is none for freebsd x64', errors: [] })
    expect(tried).toEqual([])
  })

  test('without options the first answer holds for the process', () => {
    expect(loadCore()).toBe(loadCore())
    expect(loadCore().core === undefined).toBe(loadCore().source.startsWith('no native core') || isOff())
  })
})

describe('libcOf', () => {
  /** The start of a program that this loader loads. */
  async function programOf(loader: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'catzilla-libc-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const program = join(folder, 'node')
    await writeFile(program, Buffer.concat([Buffer.alloc(624), Buffer.from(`${loader}\0`), Buffer.alloc(9000)]))
    return program
  }

  test.each([
    ['/lib/ld-musl-x86_64.so.1', 'musl'],
    ['/lib64/ld-linux-x86-64.so.2', 'glibc'],
  ])('a program loaded by %s runs on %s', async (loader, libc) => {
    expect(libcOf(await programOf(loader))).toBe(libc)
  })

  test('a program that cannot be read counts as one of the usual library', () => {
    expect(libcOf('/does/not/exist')).toBe('glibc')
  })

  test.runIf(process.platform === 'linux')('agrees with what Node reports of itself', () => {
    const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
    expect(libcOf()).toBe(header.glibcVersionRuntime === undefined ? 'musl' : 'glibc')
  })
})

function isOff(): boolean {
  return process.env['CATZILLA_NATIVE'] === 'off'
}
