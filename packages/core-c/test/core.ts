// What the tests of the binding stand on: the compiled core if there is one, a library of kernels compiled for them, and
// scripts run in processes of their own.
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, describe } from 'vitest'
import { loadCore } from '../src/load.ts'
import type { NativeConfig, NativeCore } from '../src/native-core.ts'
import { PortClient } from './port-client.ts'

const { core, source } = loadCore()
if (core === undefined) console.warn(`tests of the binding are skipped: ${source}`)

/** `describe` for what needs the compiled core. */
export const describeNative: typeof describe.skip = core === undefined ? describe.skip : describe

/** `describe` for what needs machine code for bodies as well. */
export const describeToolchain: typeof describe.skip = core?.noToolchain === null ? describe : describe.skip

/** The core; only inside of `describeNative`. */
export function theCore(): NativeCore {
  if (core === undefined) throw new Error(source)
  return core
}

const folder = mkdtempSync(join(tmpdir(), 'catzilla-binding-'))
const clients: PortClient[] = []

afterAll(() => {
  for (const client of clients) client.engine.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A client with an engine of its own, which is closed after the tests of the file. */
export function newClient(asked: Partial<NativeConfig> = {}): PortClient {
  const client = new PortClient(theCore(), asked)
  clients.push(client)
  return client
}

// On a machine without a compiler: a folder with the libraries, and with port-client.ts as JavaScript.
const { CATZILLA_EXAMPLES: examples } = process.env

const libraries = new Map<string, string>()

/** A library of ctest/example, compiled. */
function compiled(name: string): string {
  const known = examples === undefined ? libraries.get(name) : `${examples}/${name}.so`
  if (known !== undefined) return known
  const root = fileURLToPath(new URL('..', import.meta.url))
  const library = join(folder, `${name}.so`)
  const args = ['-std=c11', '-O1', '-shared', '-fPIC', '-I', join(root, 'include'), '-o', library]
  const ran = spawnSync(process.env['CC'] ?? 'cc', [...args, join(root, `ctest/example/${name}.c`), '-lm'])
  if (ran.status !== 0) throw new Error(`${name}.c does not compile: ${String(ran.stderr ?? ran.error)}`)
  libraries.set(name, library)
  return library
}

/** Kernels of every type, and those that fail, hang and sleep. */
export const exampleLibrary = (): string => compiled('example_kernels')

/** `borrowing.hold` reads an Int32Array until it is told to return, `borrowing.vast` makes huge results. */
export const borrowingLibrary = (): string => compiled('borrowing')

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
}

/** port-client.ts as JavaScript. */
function compileClient(outfile: string): void {
  buildSync({ entryPoints: [fileURLToPath(new URL('port-client.ts', import.meta.url))], outfile, format: 'esm' })
}

/** The first lines of every script: `core`, `PortClient`, `library`, `borrowing` and `binary`. */
function preamble(): string {
  const client = join(folder, 'port-client.mjs')
  if (examples === undefined) compileClient(client)
  else copyFileSync(join(examples, 'port-client.mjs'), client)
  return `
    import { createRequire } from 'node:module'
    import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
    import { PortClient } from './port-client.mjs'
    const binary = ${JSON.stringify(source.slice(source.indexOf('/')))}
    const library = ${JSON.stringify(exampleLibrary())}
    const borrowing = ${JSON.stringify(borrowingLibrary())}
    const load = () => createRequire(import.meta.url)(binary)
  `
}

let scripts = 0

/** Runs a module in a process of its own until it ends. It is started again in the workers it makes of itself. */
export function runScript(text: string, flags: readonly string[] = []): Promise<Ended> {
  const file = join(folder, `script-${++scripts}.mjs`)
  writeFileSync(file, preamble() + text)
  const child = spawn(process.execPath, [...flags, file], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output: string[] = []
  child.stdout.on('data', (data: Buffer) => output.push(data.toString()))
  child.stderr.on('data', (data: Buffer) => output.push(data.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, output: output.join('') }))
  })
}
