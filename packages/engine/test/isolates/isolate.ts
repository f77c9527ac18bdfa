// Starts the small isolate of the tests, from the sources as they are now: built into a folder of its own, which is gone
// when the tests of the file are over.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import { afterAll } from 'vitest'
import type { BodyAnswer, BodyCall } from './body-entry.ts'

const folder = mkdtempSync(join(tmpdir(), 'catzilla isolate '))
const source = join(import.meta.dirname, '../../src')

buildSync({
  entryPoints: [join(import.meta.dirname, 'body-entry.ts'), join(source, 'isolates/inside/typescript-hooks.ts')],
  outdir: folder,
  entryNames: '[name]',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@catzilla/source'],
})

writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))

/** Its file: plain JavaScript. */
export const entry: string = join(folder, 'body-entry.js')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Calls that one isolate takes one after the other. */
export interface Isolate {
  call(code: BodyCall['code'], ...args: readonly unknown[]): Promise<BodyAnswer>
  end(): Promise<void>
}

export function startThread(): Isolate {
  const worker = new Worker(entry)
  return {
    call: async (code, ...args) => {
      worker.postMessage({ code, args })
      const [answer] = (await once(worker, 'message')) as [BodyAnswer]
      return answer
    },
    end: async () => void (await worker.terminate()),
  }
}

/** A child process; `execPath` is that of another Node. */
export function startProcess(options: { cwd?: string; execArgv?: string[]; execPath?: string } = {}): Isolate {
  // without what pnpm tells the programs that it starts: packages of this repository would be found from everywhere
  const env = { ...process.env, NODE_PATH: '' }
  const child = fork(entry, { env, execArgv: [], serialization: 'advanced', ...options })
  return {
    call: async (code, ...args) => {
      child.send({ code, args })
      const [answer] = (await once(child, 'message')) as [BodyAnswer]
      return answer
    },
    end: async () => {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}

/** One call in a thread of its own. */
export async function callInThread(code: BodyCall['code'], ...args: readonly unknown[]): Promise<BodyAnswer> {
  const thread = startThread()
  try {
    return await thread.call(code, ...args)
  } finally {
    await thread.end()
  }
}
