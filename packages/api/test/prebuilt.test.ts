// Applications that are built by real bundlers with their bodies compiled, and run where there is nothing to compile with.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { TraceMap, originalPositionFor } from '@jridgewell/trace-mapping'
import { catzilla } from '@catzilla/compiler/rollup'
import type { CatzillaPluginOptions } from '@catzilla/compiler/rollup'
import { rollup } from 'rollup'
import esbuild, { minify } from 'rollup-plugin-esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build as viteBuild } from 'vite'
import { buildMissing } from './built-with.ts'

const packageRoot = join(import.meta.dirname, '..')
if (buildMissing !== undefined) process.stdout.write(`tests of prebuilt bodies are skipped: ${buildMissing}\n`)

interface Printed {
  readonly values: Readonly<Record<string, readonly [value: unknown, lane: string]>>
  readonly column: readonly number[]
  readonly prebuilt: readonly (string | null)[]
  readonly bodies: readonly (readonly {
    compiledAt: string
    tier: string
    calls: number
    columns: string | null
    compileMs: number
  }[])[]
}

// in the package: what is built there finds @catzilla/api as installed applications do
let folder = ''
beforeAll(async () => {
  if (buildMissing !== undefined) return
  folder = await mkdtemp(join(packageRoot, 'dist/.prebuilt-'))
  await cp(join(import.meta.dirname, 'fixtures/prebuilt'), join(folder, 'src'), { recursive: true })
})
afterAll(async () => {
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

const external = ['@catzilla/api', /^node:/]
const logs: string[] = []

async function byRollup(
  out: string,
  format: 'esm' | 'cjs',
  minified: boolean,
  options: CatzillaPluginOptions = {},
): Promise<string> {
  const extension = format === 'esm' ? 'mjs' : 'cjs'
  const bundle = await rollup({
    input: join(folder, 'src/main.ts'),
    external,
    plugins: [catzilla(options), esbuild({ target: 'node20', sourceMap: true }), ...(minified ? [minify()] : [])],
    onLog: (_, { message }) => {
      logs.push(message)
    },
  })
  const dir = join(folder, out)
  await bundle.write({
    dir,
    format,
    sourcemap: true,
    entryFileNames: `app/[name].${extension}`,
    chunkFileNames: `chunk-[hash].${extension}`,
  })
  await bundle.close()
  return join(dir, `app/main.${extension}`)
}

async function byVite(out: string): Promise<string> {
  await viteBuild({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [catzilla()],
    ssr: { external: ['@catzilla/api'] },
    build: { ssr: 'src/main.ts', outDir: join(folder, out), minify: true, sourcemap: true, target: 'node20' },
  })
  const [file] = (await readdir(join(folder, out))).filter((name) => /^main\.m?js$/.test(name))
  return join(folder, out, file ?? 'main.js')
}

const run = promisify(execFile)

/** With nothing on the PATH, and nothing in the cache. */
async function printedBy(file: string, env: Readonly<Record<string, string>> = {}): Promise<Printed> {
  const { stdout, stderr } = await run(process.execPath, [file], { env: { PATH: '', CATZILLA_CACHE: 'off', ...env } })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Printed
}

const compared = (line: number): string =>
  expect.stringMatching(
    new RegExp(`^compiled at build from .*main\\.ts:${line}, and compared with JavaScript there \\d+ times$`),
  ) as string

/** What the application prints where its bodies run as they were built. */
const fromTheBuild = {
  values: {
    instalment: [154_808.62, 'native'],
    steps: [111, 'native'],
    label: ['SEVEN#7 cents', 'inline'],
    shifted: [2, 'inline'],
  },
  column: [0, 1, 111],
  prebuilt: [compared(10), compared(15), compared(29), null],
  bodies: [
    [{ compiledAt: 'build', tier: 'machine code', calls: 1, compileMs: 0 }],
    [{ compiledAt: 'build', tier: 'machine code', calls: 4, columns: 'machine code', compileMs: 0 }],
    [{ compiledAt: 'build', tier: 'checking' }],
    [],
  ],
}

/** What the builds of this file have in common: the ESM one, which the tests copy and change. */
let built: Promise<string> | undefined
const builtOnce = (): Promise<string> => (built ??= byRollup('rollup-esm', 'esm', false))

/** A copy of that build, changed. */
async function changed(name: string, change: (app: string) => Promise<void>): Promise<Printed> {
  await builtOnce()
  const copy = join(folder, name)
  await cp(join(folder, 'rollup-esm'), copy, { recursive: true })
  await change(copy)
  return printedBy(join(copy, 'app/main.mjs'), { CATZILLA_CC: '/nowhere/cc' })
}

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const edited = text.replace(from, to)
  if (edited === text) throw new Error(`${file} has no ${String(from)}`)
  await writeFile(file, edited)
}

describe.skipIf(buildMissing !== undefined)(
  'an application that was built with the plugin runs in C from the first calls',
  () => {
    test('by rollup, as a module', async () => {
      expect(await printedBy(await builtOnce())).toMatchObject(fromTheBuild)
      expect(logs.join('\n')).toContain("CZ1004: 'offset' comes from outside of the function")
      expect(logs.join('\n')).toContain(`3 task bodies are compiled, for ${process.platform}-${process.arch}`)
      expect(await readdir(join(folder, 'rollup-esm/catzilla'))).toStrictEqual([
        `bodies-${process.platform}-${process.arch}.so`,
        'bodies.c',
        'manifest.json',
      ])
    })

    test('by rollup, minified', async () => {
      expect(await printedBy(await byRollup('rollup-minified', 'esm', true))).toMatchObject(fromTheBuild)
    })

    test('by rollup, as CommonJS', async () => {
      expect(await printedBy(await byRollup('rollup-cjs', 'cjs', false))).toMatchObject(fromTheBuild)
    })

    test('by vite, minified', async () => {
      expect(await printedBy(await byVite('vite'))).toMatchObject(fromTheBuild)
    })

    test('its source maps lead to its own lines', async () => {
      const file = await builtOnce()
      const code = await readFile(file, 'utf8')
      const map = new TraceMap(await readFile(`${file}.map`, 'utf8'))
      for (const [text, line] of [
        ['growth - 1', 12],
        ['3 * n + 1', 18],
        ['title.toUpperCase()', 29],
      ] as const) {
        const at = code.split('\n').findIndex((each) => each.includes(text))
        const column = code.split('\n')[at]?.indexOf(text) ?? 0
        const original = originalPositionFor(map, { line: at + 1, column })
        expect([original.source?.endsWith('src/main.ts'), original.line]).toStrictEqual([true, line])
      }
    })
  },
)

describe.skipIf(buildMissing !== undefined)('what does not fit is not run, and explain() says why', () => {
  const manifest = 'catzilla/manifest.json'
  test('a function that was changed after the build', async () => {
    const { prebuilt, values: got } = await changed('edited', (app) =>
      edit(join(app, 'app/main.mjs'), '3 * n + 1', '5 * n + 1'),
    )
    expect(prebuilt[1]).toMatch(
      /^not used: the function is not the one that was compiled from .*main\.ts:15; build again$/,
    )
    expect(got['steps']).toStrictEqual([1000, 'inline'])
    expect(prebuilt[0]).toMatch(/^compiled at build/)
  })

  test('a constant that was changed after the build', async () => {
    const printed = await changed('constant', (app) =>
      edit(join(app, 'app/main.mjs'), 'STEPS = 10 * 100', 'STEPS = 100'),
    )
    expect(printed.prebuilt[1]).toMatch(/^not used: 'STEPS' is not what it was at build/)
    expect(printed.values['steps']).toStrictEqual([100, 'inline'])
  })

  test('a helper that was changed after the build', async () => {
    const printed = await changed('helper', (app) =>
      edit(join(app, 'app/main.mjs'), 'Math.round(amount * 100)', 'Math.floor(amount * 100)'),
    )
    expect(printed.prebuilt[0]).toMatch(/^not used: 'cents' is not what it was at build/)
    expect(printed.values['instalment']?.[1]).toBe('inline')
  })

  test('a library that was tampered with', async () => {
    const printed = await changed('tampered', async (app) => {
      const file = join(app, `catzilla/bodies-${process.platform}-${process.arch}.so`)
      const bytes = await readFile(file)
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
      await writeFile(file, bytes)
    })
    expect(printed.prebuilt[1]).toMatch(/^not used: the library .* is not the one that was built$/)
    expect(printed.values['steps']).toStrictEqual([111, 'inline'])
    // without loops the interpreter does it
    expect(printed.prebuilt[0]).toMatch(/^compiled at build .*; the library .* is not the one that was built$/)
    expect(printed.bodies[0]).toMatchObject([{ compiledAt: 'build', tier: 'interpreted', calls: 1 }])
  })

  test('a library of other bodies, with its hash', async () => {
    const printed = await changed('other', async (app) => {
      await edit(join(app, manifest), /"symbol": "body_\d_steps"/, '"symbol": "body_9_steps"')
    })
    expect(printed.prebuilt[1]).toMatch(/^not used: its library has no body_9_steps$/)
    expect(printed.values['steps']).toStrictEqual([111, 'inline'])
  })

  test('a build for another platform', async () => {
    const printed = await changed('foreign', (app) =>
      edit(join(app, manifest), /"target": "[^"]+"/, '"target": "plan9-vax"'),
    )
    expect(printed.prebuilt[1]).toMatch(
      /^not used: there is no machine code for .*, only for plan9-vax: name its C compiler/,
    )
  })

  test('a program that is damaged', async () => {
    const printed = await changed('damaged', (app) =>
      edit(join(app, manifest), /"program": "..../g, '"program": "AAAA'),
    )
    expect(printed.prebuilt[1]).toMatch(/^what was compiled at build cannot be run here: /)
    expect(printed.values['steps']).toStrictEqual([111, 'inline'])
  })

  test.each([
    ['is missing', (file: string) => rm(file), /^not used: the manifest .* cannot be read: ENOENT/],
    [
      'is cut short',
      (file: string) => writeFile(file, '{"format": 1, '),
      /^not used: the manifest .* cannot be read: /,
    ],
    [
      'is of another version',
      (file: string) => edit(file, '"format": 1', '"format": 99'),
      /its format is 99, and this reads 1$/,
    ],
    [
      'is of another build',
      (file: string) => edit(file, /"key": "catzilla:/g, '"key": "catzilla:0'),
      /has nothing of this body/,
    ],
  ] as const)('a manifest that %s', async (name, change, reason) => {
    const { prebuilt, bodies, values } = await changed(name.replaceAll(' ', '-'), (app) => change(join(app, manifest)))
    expect(prebuilt.slice(0, 2)).toStrictEqual([expect.stringMatching(reason), expect.stringMatching(reason)])
    expect(bodies[0]).toStrictEqual([])
    expect(values['instalment']?.[1]).toBe('inline')
    expect(values['steps']).toStrictEqual([111, 'inline'])
  })
})
