// Programs run for JavaScript, and libraries of bodies opened from bytes.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { includeFolder } from '../src/include-folder.ts'
import type { NativeJob, NativeJobEnd, NativeLibrary, NativeToolchain } from '../src/native-toolchain.ts'
import { assemble, N } from './assembler.ts'
import { describeNative, describeToolchain, newClient, runScript, theCore } from './core.ts'

const folder = mkdtempSync(join(tmpdir(), 'catzilla-bodies-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const shell = (script: string, timeoutMs = 60_000): NativeJob => ({
  id: 1,
  file: '/bin/sh',
  args: ['sh', '-c', script],
  env: ['PATH=/usr/bin:/bin', 'WORD=ü'],
  timeoutMs,
})

async function ran(script: string, timeoutMs?: number): Promise<NativeJobEnd> {
  let toolchain: NativeToolchain | undefined
  const end = await new Promise<NativeJobEnd>((resolve) => {
    toolchain = theCore().createToolchain((_, result) => resolve(result))
    toolchain.run(shell(script, timeoutMs))
  })
  toolchain?.close()
  return end
}

describeToolchain('a job', () => {
  test('tells how it ended, and what it wrote', async () => {
    const { output, ms, ...rest } = await ran('echo $WORD; exit 3')
    expect(rest).toEqual({ end: 'exited', number: 3 })
    expect(new TextDecoder().decode(output)).toBe('ü\n')
    expect(ms).toBeGreaterThan(0)
    expect(await ran('kill -9 $$')).toMatchObject({ end: 'signalled', number: 9 })
    expect(await ran('sleep 60', 50)).toMatchObject({ end: 'timed out' })
  })

  test('runs after those before it', async () => {
    const ids: number[] = []
    await new Promise<void>((resolve) => {
      const toolchain = theCore().createToolchain((id) => {
        ids.push(id)
        if (ids.length < 3) return
        toolchain.close()
        resolve()
      })
      for (const id of [7, 5, 6]) toolchain.run({ ...shell(id === 7 ? 'sleep 0.1' : 'exit 0'), id })
    })
    expect(ids).toEqual([7, 5, 6])
  })

  test('is refused when too many wait, and by a toolchain that is closed', () => {
    const toolchain = theCore().createToolchain(() => {})
    for (let i = 0; i < 64; i++) toolchain.run(shell('sleep 60'))
    const full = expect.objectContaining({ message: 'too many jobs wait', code: 'CTZ_FULL' }) as Error
    expect(() => toolchain.run(shell('exit 0'))).toThrow(full)
    toolchain.close()
    toolchain.close()
    const closed = expect.objectContaining({ message: 'the toolchain is closed', code: 'CTZ_CLOSED' }) as Error
    expect(() => toolchain.run(shell('exit 0'))).toThrow(closed)
  })

  test.each([
    ['id', 1.5, 'job.id must be a whole number from 0 to 9007199254740991, got 1.5'],
    ['file', 3, 'job.file must be a string, got 3'],
    ['file', 'a\0b', 'job.file must be a string without a NUL, got string'],
    ['args', 'sh', 'job.args must be an Array, got string'],
    ['args', ['sh', null], 'job.args must be a string, got null'],
    ['env', undefined, 'job.env must be an Array, got undefined'],
    ['timeoutMs', -1, 'job.timeoutMs must be a whole number from 0 to 4294967295, got -1'],
  ])('with %s = %j is refused', (field, value, message) => {
    const toolchain = theCore().createToolchain(() => {})
    expect(() => toolchain.run({ ...shell(''), [field]: value })).toThrow(message)
    toolchain.close()
  })

  test('needs somebody to tell its end to, and passes on what a getter throws', () => {
    const make = (ended: unknown): unknown => theCore().createToolchain(ended as () => void)
    expect(() => make(undefined)).toThrow('ended must be a function, got undefined')
    const toolchain = theCore().createToolchain(() => {})
    const trap = {
      ...shell(''),
      get args(): string[] {
        throw new Error('from the getter')
      },
    }
    expect(() => toolchain.run(trap)).toThrow('from the getter')
    expect(() => toolchain.run(undefined as unknown as NativeJob)).toThrow('job must be an object, got undefined')
    toolchain.close()
  })
})

/** Starts a program that would go on for a minute, and says its number; it lives as long as the pipe of its output. */
const tools = `
  const core = load()
  import { readFileSync } from 'node:fs'
  const begin = (toolchain, file) => toolchain.run({
    id: 1, file: '/bin/sh', args: ['sh', '-c', 'echo $$ > ' + file + '; sleep 60 & wait'], env: ['PATH=/usr/bin:/bin'],
    timeoutMs: 60_000,
  })
  const numberIn = async (file) => {
    for (;;) {
      try {
        const text = readFileSync(file, 'utf8')
        if (text.endsWith('\\n')) return Number(text)
      } catch {}
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const isThere = (id) => {
    try { return process.kill(id, 0) } catch { return false }
  }
`
let files = 0
const newFile = (): string => join(folder, `number-${++files}`)

async function outputOf(text: string): Promise<string> {
  const { code, signal, output } = await runScript(tools + text)
  expect({ code, signal, output }).toMatchObject({ code: 0, signal: null })
  return output
}

function isThere(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}

describeToolchain('the end of a process or isolate', () => {
  test('comes although a job runs, which ends with it', async () => {
    const file = newFile()
    await outputOf(`
      const toolchain = core.createToolchain(() => console.log('told'))
      begin(toolchain, ${JSON.stringify(file)})
      await numberIn(${JSON.stringify(file)})
    `)
    expect(isThere(Number(readFileSync(file, 'utf8')))).toBe(false)
  })

  test('kills the jobs of an isolate, and not those of others', async () => {
    const [own, other] = [newFile(), newFile()]
    const output = await outputOf(`
      if (isMainThread) {
        let told = 0
        const toolchain = core.createToolchain((_, { end }) => console.log('main', end, ++told))
        begin(toolchain, ${JSON.stringify(own)})
        const worker = new Worker(new URL(import.meta.url))
        const [first, second] = [await numberIn(${JSON.stringify(own)}), await numberIn(${JSON.stringify(other)})]
        await worker.terminate()
        console.log(isThere(first), isThere(second))
        toolchain.close()
        console.log(isThere(first))
      } else {
        const toolchain = core.createToolchain(() => console.log('worker told'))
        begin(toolchain, ${JSON.stringify(other)})
        setInterval(() => {}, 1000)
      }
    `)
    expect(output).toBe('true false\nfalse\n')
  })

  test('drops ends that are on their way', async () => {
    const output = await outputOf(`
      if (isMainThread) {
        for (let i = 0; i < 20; i++) {
          const worker = new Worker(new URL(import.meta.url), { workerData: i })
          await new Promise((resolve) => worker.once('message', resolve))
          await worker.terminate()
        }
        console.log('done')
      } else {
        const toolchain = core.createToolchain(() => {})
        for (let id = 0; id < 20; id++)
          toolchain.run({ id, file: '/bin/true', args: ['true'], env: [], timeoutMs: 1000 })
        const until = performance.now() + workerData
        while (performance.now() < until);
        parentPort.postMessage('begun')
      }
    `)
    expect(output).toBe('done\n')
  })

  test('an error thrown by who is told is an uncaught exception', async () => {
    const { code, output } = await runScript(`${tools}
      const toolchain = core.createToolchain(() => { throw new Error('from ended') })
      toolchain.run({ id: 1, file: '/bin/true', args: ['true'], env: [], timeoutMs: 1000 })
      setTimeout(() => {}, 60_000)
    `)
    expect(code).toBe(1)
    expect(output).toContain('Error: from ended')
  })
})

function compiled(text: string): Uint8Array {
  const file = join(folder, 'bodies')
  const args = ['-x', 'c', '-std=c11', '-shared', '-fPIC', '-ffreestanding', '-nostdlib', '-I', includeFolder]
  const made = spawnSync(process.env['CC'] ?? 'cc', [...args, '-o', file, '-'], { input: text })
  if (made.status !== 0) throw new Error(String(made.stderr))
  return readFileSync(file)
}

const bodies = `#include "ctz/program_ops.h"
CTZ_DEFINE_BODY_ABI
CTZ_EXPORT int times_two(ctz_run *run, const ctz_register *args, ctz_register *results) {
  results[0].n = ctz_op_f64_mul(run, args[0].n, 2);
  return 1;
}
CTZ_EXPORT int times_three(ctz_run *run, const ctz_register *args, ctz_register *results) {
  results[0].n = ctz_op_f64_mul(run, args[0].n, 3);
  return 1;
}
`

/** Adds its argument to itself. */
const twice = (): Uint8Array =>
  assemble({
    parameters: [N],
    locals: [N],
    result: N,
    lines: [
      ['F64_ADD', 1, [0, 0]],
      ['RETURN', 0, [1, 1]],
    ],
  })

describeToolchain('a library', () => {
  test('gives programs their bodies', () => {
    const library = theCore().openLibrary(compiled(bodies))
    expect(['times_two', 'times_three', 'times_four'].map((name) => library.has(name))).toEqual([true, true, false])
    const program = theCore().programs.openProgram(twice())
    expect(program.call([5])).toBe(10)
    program.useBody(library, 'times_three')
    expect(program.call([5])).toBe(15)
    const none = expect.objectContaining({
      message: 'the library has no body times_four',
      code: 'CTZ_INVALID',
    }) as Error
    expect(() => program.useBody(library, 'times_four')).toThrow(none)
    expect(program.call([5])).toBe(15)
  })

  test('gives a kernel of an engine its body', async () => {
    const client = newClient()
    const kernel = client.engine.addProgram('twice', twice())
    expect(await client.run(client.plan('twice'), 5)).toMatchObject({ scalar: 10 })
    client.engine.swapBody(kernel.index, theCore().openLibrary(compiled(bodies)), 'times_three')
    expect(await client.run(client.plan('twice'), 5)).toMatchObject({ scalar: 15 })
  })

  test('is itself however often others are opened', () => {
    const libraries = [2, 3, 4, 5].map((factor) => {
      const text = bodies.replace('args[0].n, 2', `args[0].n, ${factor}`)
      return theCore().openLibrary(compiled(text))
    })
    const program = theCore().programs.openProgram(twice())
    const results = libraries.map((library) => {
      program.useBody(library, 'times_two')
      return program.call([10])
    })
    expect(results).toEqual([20, 30, 40, 50])
  })

  test('is refused when it is none, with the reason', () => {
    const open = (bytes: unknown): unknown => theCore().openLibrary(bytes as Uint8Array)
    expect(() => open('x')).toThrow('bytes must be a Uint8Array, got string')
    const refused = (bytes: Uint8Array): string => {
      try {
        open(bytes)
        return ''
      } catch (thrown) {
        return `${(thrown as { code: string }).code} ${(thrown as Error).message}`
      }
    }
    expect(refused(new Uint8Array())).toBe('CTZ_SYSTEM file too short')
    expect(refused(new TextEncoder().encode('x'.repeat(1000)))).toBe('CTZ_SYSTEM invalid ELF header')
    expect(refused(compiled('int x;'))).toBe('CTZ_INVALID it is no library of bodies')
    const foreign = 'const unsigned ctz_body_abi = 999;'
    expect(refused(compiled(foreign))).toBe('CTZ_ABI_MISMATCH it was made for another version')
    expect(refused(compiled('extern int nowhere; int *x = &nowhere;'))).toContain('undefined symbol: nowhere')
  })

  test('cannot be forged', () => {
    const library = theCore().openLibrary(compiled(bodies))
    const prototype = Object.getPrototypeOf(library) as object
    const program = theCore().programs.openProgram(twice())
    const forged = [Object.create(prototype), Object.setPrototypeOf({}, prototype), {}, 3, undefined]
    const message = /^library must be a library or its path, got /
    for (const other of forged) {
      expect(() => program.useBody(other as NativeLibrary, 'times_two')).toThrow(message)
    }
    const { engine } = newClient()
    const own = Object.getPrototypeOf(engine) as object
    Object.setPrototypeOf(engine, prototype)
    expect(() => program.useBody(engine as unknown as NativeLibrary, 'times_two')).toThrow(message)
    Object.setPrototypeOf(engine, own)
    expect(program.call([5])).toBe(10)
  })
})

describeNative('the reason against a toolchain', () => {
  test('is told by every way to one, and only where there is none', () => {
    const core = theCore()
    const { noToolchain } = core
    expect(noToolchain === null).toBe(process.platform !== 'win32')
    if (noToolchain === null) return
    expect(() => core.createToolchain(() => {})).toThrow(noToolchain)
    expect(() => core.openLibrary(new Uint8Array(8))).toThrow(noToolchain)
    const program = core.programs.openProgram(twice())
    expect(() => program.useBody('C:/bodies.dll', 'body')).toThrow(noToolchain)
  })
})
