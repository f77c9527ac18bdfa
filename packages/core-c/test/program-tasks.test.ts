// Programs as kernels of an engine: values of every type there and back, giving up, limits, and bodies in C.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { NativePlan } from '../src/native-core.ts'
import type { FunctionText, Line } from './assembler.ts'
import { assemble, B, I, K, N, RECORD, S, viewType, viewTypes } from './assembler.ts'
import { describeNative, describeToolchain, newClient, theCore } from './core.ts'
import type { PortClient } from './port-client.ts'
import { plainPlan } from './port-client.ts'

const f64 = viewType('Float64Array')
const folder = mkdtempSync(join(tmpdir(), 'catzilla-bodies-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const same = (type: number): FunctionText => ({ parameters: [type], result: type, lines: [['RETURN', 0, [0, 1]]] })

function planOf(client: PortClient, body: FunctionText, rest: Partial<NativePlan> = {}): number {
  const { index } = client.engine.addProgram('a program', assemble(body))
  return client.engine.definePlan({ ...plainPlan, ...rest, kernel: index })
}

/** The result of a task, or its error. */
async function outcomeOf(client: PortClient, plan: number, ...args: readonly unknown[]): Promise<unknown> {
  return (await client.runAttached(plan, args)).value
}

/** A library with one body, `body_0`, of this C. */
function library(name: string, text: string): string {
  const include = fileURLToPath(new URL('../include', import.meta.url))
  const source = join(folder, `${name}.c`)
  const file = join(folder, `${name}.so`)
  writeFileSync(source, `#include "ctz/program_ops.h"\nCTZ_DEFINE_BODY_ABI\n${text}`)
  const flags = ['-O2', '-fPIC', '-shared', '-ffp-contract=off', '-fno-math-errno', '-fwrapv', '-fno-strict-aliasing']
  const warnings = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-nostdlib', '-nostartfiles']
  const ran = spawnSync(process.env['CC'] ?? 'cc', [...flags, ...warnings, '-I', include, '-o', file, source])
  if (ran.status !== 0) throw new Error(String(ran.stderr))
  return file
}

const greeting = `
CTZ_EXPORT int body_0(ctz_run *run, const ctz_register *args, ctz_register *results) {
  ctz_text hello = {"hello ", 6, 0};
  if (!ctz_enter(run)) return ctz_bail_at(run, 0, 0);
  if (ctz_op_bool_not(run, ctz_op_bool_from_str(run, args[0].s))) {
    ctz_give_up(run, CTZ_BAIL_THROWN, 3);
    return ctz_bail_at(run, 0, 5);
  }
  if (!ctz_op_str_concat(run, hello, args[0].s, &results[0].s)) return ctz_bail_at(run, 0, 2);
  ctz_leave(run);
  return 1;
}`

describeNative('a program as a task', () => {
  const texts = ['', 'abc', 'é', '日本', '\ud83d', 'x\udc00', 'a'.repeat(10_000), '日'.repeat(10_000)]

  test.each(texts)('%j there and back', async (text) => {
    const client = newClient()
    expect(await outcomeOf(client, planOf(client, same(S)), text)).toBe(text)
  })

  test.each(viewTypes)('%s there and back', async (name) => {
    const client = newClient()
    const Elements = (globalThis as unknown as Record<string, new (values: number[]) => object>)[name]
    if (Elements === undefined) throw new Error(name)
    const plan = planOf(client, same(viewType(name)))
    for (const values of [[], [1, 2, 3], Array.from({ length: 5000 }, (_, i) => i % 100)])
      expect(await outcomeOf(client, plan, new Elements(values))).toEqual(new Elements(values))
  })

  test('a record of every kind of value', async () => {
    const parameters = [N, B, S, f64, S]
    const locals = [I, K]
    const lines: Line[] = [
      ['I32_FROM_F64', 5, [0]],
      ['K_FROM_I32', 6, [5]],
      ['RETURN', 0, [0, 7]],
    ]
    const client = newClient()
    const plan = planOf(client, { parameters, locals, result: RECORD, lines })
    const array = Float64Array.of(1, -0, NaN)
    expect(await outcomeOf(client, plan, -3.5, true, '日', array, 'abc')).toEqual([
      -3.5,
      true,
      '日',
      array,
      'abc',
      -3,
      -3,
    ])
    const empty = planOf(client, { result: RECORD, lines: [['RETURN', 0, [0, 0]]] })
    expect(await outcomeOf(client, empty)).toEqual([])
  })

  test('numbers that are whole stay so', async () => {
    const client = newClient()
    for (const type of [I, K]) {
      const plan = planOf(client, same(type))
      expect(await client.run(plan, 7)).toMatchObject({ scalar: 7 })
      for (const value of [0.5, -0, 2 ** 53, NaN]) {
        const slot = client.takeSlot()
        client.fill(slot, plan, [value], false)
        await client.settle(slot)
        expect(client.engine.error(slot)).toMatchObject({ status: 'BAILED', name: 'ARGUMENT' })
        client.engine.free(slot)
      }
    }
    const flag = planOf(client, same(B))
    expect(await client.run(flag, 1)).toMatchObject({ scalar: 1, resultType: 4 })
  })

  test('writes to a copy, anew at each attempt', async () => {
    const lines: Line[] = [
      ['VIEW_GET', 3, [0, 1]],
      ['F64_ADD', 3, [3, 2]],
      ['VIEW_SET', 0, [0, 1, 3]],
      ['RETURN', 0, [0, 1]],
    ]
    const client = newClient()
    const plan = planOf(client, { parameters: [f64, N, N], locals: [N], result: f64, lines })
    const array = Float64Array.of(1, 2, 3)
    for (let i = 0; i < 3; i++) expect(await outcomeOf(client, plan, array, 1, 40)).toEqual(Float64Array.of(1, 42, 3))
    expect(array).toEqual(Float64Array.of(1, 2, 3))
  })

  test('an array that is written to must not be given twice', async () => {
    const lines: Line[] = [
      ['VIEW_SET', 0, [0, 2, 2]],
      ['RETURN', 0, [1, 1]],
    ]
    const client = newClient()
    const plan = planOf(client, { parameters: [f64, f64, N], result: f64, lines })
    const array = new Float64Array(4)
    expect(await outcomeOf(client, plan, array, array.subarray(1), 0)).toMatchObject({
      status: 'BAILED',
      name: 'SHARED',
    })
    expect(await outcomeOf(client, plan, array, array.slice(1), 0)).toEqual(new Float64Array(3))
  })

  test('giving up is no failure, and is not tried again', async () => {
    const client = newClient()
    const plan = planOf(
      client,
      { parameters: [S], result: 0, lines: [['POLL'], ['BAIL', 0, [], 9]] },
      { maxRetries: 5, backoff: 1 },
    )
    const error = await outcomeOf(client, plan, 'x')
    expect(error).toEqual({ status: 'BAILED', name: 'THROWN', code: '0:1:9', message: 'the body throws' })
    expect(client.engine.statistics()).toMatchObject({ failed: 0, bailed: 1, retried: 0, completed: 0 })
    const kernel = client.engine.kernels.length - 1
    expect(client.engine.programFigures(kernel)).toEqual({ calls: 1, bails: 1 })
    expect(() => client.engine.programFigures(0)).toThrow('there is no such task, plan or kernel')
  })

  test('its limits are those of the task', async () => {
    const client = newClient()
    const endless: FunctionText = { parameters: [S], result: 0, lines: [['JUMP', 0, [], 0]] }
    expect(await outcomeOf(client, planOf(client, endless, { timeoutMs: 5 }), 'x')).toMatchObject({
      status: 'RAN_TOO_LONG',
    })
    const make: FunctionText = {
      parameters: [N],
      locals: [f64],
      result: f64,
      lines: [
        ['VIEW_NEW', 1, [0]],
        ['RETURN', 0, [1, 1]],
      ],
    }
    const small = planOf(client, make, { memoryLimitBytes: 2 ** 16 })
    expect(await outcomeOf(client, small, 1000)).toEqual(new Float64Array(1000))
    expect(await outcomeOf(client, small, 10_000)).toMatchObject({ status: 'MEMORY_LIMIT' })
    // more than the engine has: JavaScript may have it
    expect(await outcomeOf(client, planOf(client, make, { memoryLimitBytes: 2 ** 40 }), 2 ** 28)).toMatchObject({
      status: 'BAILED',
      name: 'MEMORY',
    })
  })

  test('over columns', async () => {
    const client = newClient()
    const plan = planOf(client, {
      parameters: [N, N],
      locals: [N],
      result: N,
      lines: [
        ['F64_ADD', 2, [0, 1]],
        ['RETURN', 0, [2, 1]],
      ],
    })
    const slot = client.takeSlot()
    const out = new Float64Array(1000)
    const column = Float64Array.from({ length: 1000 }, (_, i) => i)
    client.engine.attachColumns(slot, plan, [column, column], out, 64)
    client.fill(slot, plan, [], true)
    await client.settle(slot)
    expect(out).toEqual(column.map((value) => value * 2))
  })

  test('is added under any name, and described', () => {
    const { engine } = newClient()
    const kernel = engine.addProgram('bill#1', assemble(same(S)))
    expect(kernel).toMatchObject({ name: 'bill#1', args: [12], result: 12 })
    expect(engine.kernels[kernel.index]).toEqual(kernel)
    expect(engine.addProgram('add', assemble(same(N))).index).toBe(kernel.index + 1)
    expect(engine.addProgram('add', assemble(same(I)))).toMatchObject({ args: [1], result: 2 })
    const parameters = Array.from({ length: 17 }, () => N)
    expect(() => engine.addProgram('many', assemble({ ...same(N), parameters }))).toThrow(
      'many: too long a name, too many',
    )
    expect(() => engine.addProgram('x'.repeat(256), assemble(same(N)))).toThrow('too long a name')
    expect(() => engine.addProgram('bytes', new Uint8Array(3))).toThrow('no program: it has only 3 bytes')
  })
})

describeToolchain('a body in C', () => {
  const twin: FunctionText = {
    parameters: [S],
    constants: [[S, 'interpreted ']],
    locals: [S],
    result: S,
    lines: [
      ['STR_CONCAT', 2, [1, 0]],
      ['RETURN', 0, [2, 1]],
    ],
  }

  test('takes over between two tasks', async () => {
    const client = newClient()
    const plan = planOf(client, twin)
    const kernel = client.engine.kernels.length - 1
    expect(await outcomeOf(client, plan, 'x')).toBe('interpreted x')
    client.engine.swapBody(kernel, library('greeting', greeting), 'body_0')
    expect(await outcomeOf(client, plan, '日')).toBe('hello 日')
    expect(await outcomeOf(client, plan, '')).toMatchObject({ status: 'BAILED', name: 'THROWN', code: '0:5:3' })
    expect(client.engine.programFigures(kernel)).toEqual({ calls: 3, bails: 1 })
  })

  test('is added as a kernel of its own', async () => {
    const client = newClient()
    const { index } = client.engine.addBody('x#2', assemble(twin), library('own', greeting), 'body_0')
    expect(await outcomeOf(client, client.engine.definePlan({ ...plainPlan, kernel: index }), 'x')).toBe('hello x')
  })

  test('is called directly as well', () => {
    const { programs } = theCore()
    const program = programs.openProgram(assemble(twin))
    program.useBody(library('direct', greeting), 'body_0')
    expect(program.call(['é'])).toBe('hello é')
    expect(program.call([''])).toBe(programs.BAILED)
    expect(program.lastBail()).toMatchObject({ reason: 'THROWN', number: 3, function: 0, instruction: 5 })
  })

  test('what is none is refused', () => {
    const { engine } = newClient()
    const kernel = engine.addProgram('body', assemble(twin)).index
    const file = library('another', greeting)
    expect(() => engine.swapBody(kernel, join(folder, 'nowhere.so'), 'body_0')).toThrow('nowhere.so')
    expect(() => engine.swapBody(kernel, file, 'body_1')).toThrow('has no body body_1')
    expect(() => engine.swapBody(0, file, 'body_0')).toThrow('there is no such task, plan or kernel')
    expect(() => engine.swapBody(kernel, 7 as unknown as string, 'body_0')).toThrow(
      'library must be a library or its path',
    )
  })
})
