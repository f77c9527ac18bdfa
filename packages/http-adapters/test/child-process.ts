// A fixture, compiled, running as a process of its own, and the lines it prints.
import { build } from 'esbuild'
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, onTestFinished } from 'vitest'

const home = join(import.meta.dirname, '../node_modules/.fixture-')
const bundles = new Map<string, Promise<string>>()
const folders: string[] = []

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

/** The bundle of a fixture, on the sources of ours; frameworks stay outside. */
export function compiled(fixture: string): Promise<string> {
  let bundle = bundles.get(fixture)
  if (bundle === undefined) {
    bundle = bundled({ entryPoints: [join(import.meta.dirname, 'fixtures', fixture)] }, fixture)
    bundles.set(fixture, bundle)
  }
  return bundle
}

/** A bundle of code, in a folder from which the frameworks are found. It is removed with the tests. */
export async function bundled(input: Parameters<typeof build>[0], name: string): Promise<string> {
  const folder = await mkdtemp(home)
  folders.push(folder)
  const outfile = join(folder, `${basename(name, '.ts')}.mjs`)
  await build({
    ...input,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@catzilla/source'],
    external: ['express', 'koa', 'hono', 'hono/*', '@hono/*', '@catzilla/core-c', '@catzilla/compiler'],
    // what is bundled and still asks for `require`
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    logLevel: 'error',
  })
  return outfile
}

export class Child {
  readonly lines: string[] = []
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly #process: ChildProcessWithoutNullStreams
  readonly #waiting = new Set<() => void>()

  constructor(path: string, ...args: string[]) {
    this.#process = spawn(process.execPath, [path, ...args])
    this.ended = new Promise((resolve) => this.#process.on('close', (code, signal) => resolve({ code, signal })))
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line)
        for (const look of this.#waiting) look()
      })
    }
    onTestFinished(() => void this.#process.kill('SIGKILL'))
  }

  /** What follows `start` on a line that begins with it, once there is one; rejects when the process ended without. */
  async after(start: string): Promise<string> {
    const found = (): string | undefined => this.lines.find((line) => line.startsWith(start))?.slice(start.length)
    const there = found()
    if (there !== undefined) return there
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const line = found()
        if (line === undefined) return
        this.#waiting.delete(look)
        resolve(line)
      }
      this.#waiting.add(look)
      void this.ended.then(() => reject(new Error(`ended without "${start}": ${this.lines.join('\n')}`)))
    })
  }

  send(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  write(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }
}
