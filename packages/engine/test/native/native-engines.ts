// Native engines for tests: started, stopped after the test, and the example library of core-c, compiled when first asked for.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach } from 'vitest'
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { TaskCall } from '../../src/contract/task.ts'
import { guardEngine } from '../../src/guard/guarded-engine.ts'
import { loadCore } from '../../src/native/load-core.ts'
import { NativeEngine } from '../../src/native/native-engine.ts'
import type { EngineOptions } from '../../src/options/engine-options.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { createNativeEngine } from '../../src/select-engine.ts'

const started: TaskEngine[] = []

afterEach(async () => {
  for (const engine of started.splice(0)) await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
})

const usual: EngineOptions = { workers: 2, minWorkers: 1, maxWorkers: 4 }

export async function startNative(options: EngineOptions = {}): Promise<TaskEngine> {
  return start(createNativeEngine({ ...usual, ...options }))
}

/** An engine with fewer slots in the memory that it shares with C than it would ask for. */
export async function startWithSlots(slots: number, options: EngineOptions = {}): Promise<TaskEngine> {
  const core = loadCore()
  const createEngine: typeof core.createEngine = (config, now, wake) =>
    core.createEngine({ ...config, slots }, now, wake)
  return start(guardEngine(new NativeEngine({ ...core, createEngine }, { ...usual, ...options })))
}

async function start(engine: TaskEngine): Promise<TaskEngine> {
  await engine.start()
  started.push(engine)
  return engine
}

/** A call of a kernel, by itself: nothing is registered. */
export function kernelCall(name: string, options: TaskOptions = {}, library?: string): TaskCall {
  const kernel = library === undefined ? { name } : { name, library }
  const resolved = resolveTaskOptions({ lane: 'native', maxRetries: 0, retryJitter: 0, ...options })
  return Object.freeze({ name, kernel, options: resolved })
}

/** Options with which a task takes its turns in the walk, and those with which C looks after it alone. */
export const bothWays: readonly (readonly [string, TaskOptions])[] = [
  ['in C', {}],
  ['in the walk', { concurrency: 1000 }],
]

const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0)

/** Why there is no example library; undefined when there can be one. */
export const libraryMissing: string | undefined = compiler === undefined ? 'there is no C compiler' : undefined

if (libraryMissing !== undefined) process.stdout.write(`tests of kernel libraries are skipped: ${libraryMissing}\n`)

const folder = mkdtempSync(join(tmpdir(), 'catzilla-kernels-'))
const compiled = new Map<string, string>()

afterAll(() => rmSync(folder, { recursive: true }))

/** The path of an example library. */
export function exampleLibrary(name: 'example_kernels' | 'borrowing' = 'example_kernels'): string {
  const known = compiled.get(name)
  if (known !== undefined) return known
  const core = join(import.meta.dirname, '../../../core-c')
  const output = join(folder, `${name}.so`)
  const flags = ['-std=c11', '-O2', '-fPIC', '-shared', '-I', join(core, 'include'), '-o', output]
  execFileSync(compiler ?? 'cc', [...flags, join(core, `ctest/example/${name}.c`), '-lm'])
  compiled.set(name, output)
  return output
}
