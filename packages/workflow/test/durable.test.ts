// Runs beside durable tasks: a process is killed in the middle of one, and the next one goes on without repeating what was done.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTasks } from '@catzilla/api'
import { MemoryStore, WorkflowRuns, workflow } from '@catzilla/workflow'
import { build } from 'esbuild'
import { describe, expect, onTestFinished, test } from 'vitest'
import { describeOnEachEngine } from './engines.ts'

const KILLS = 4

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'catzilla-workflow-durable-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

async function bundledProgram(engine: string): Promise<string> {
  // below the package, so that what it loads late is found
  const outfile = join(import.meta.dirname, `../node_modules/.cache/killed-${engine}-${process.pid}.mjs`)
  onTestFinished(() => rmSync(outfile, { force: true }))
  await build({
    entryPoints: [join(import.meta.dirname, 'fixtures/killed-program.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@catzilla/source'],
    external: ['@catzilla/core-c', '@catzilla/monitor', '@catzilla/compiler'],
  })
  return outfile
}

/** Runs the program until it ends, or is killed when it has begun so many steps. */
function live(program: string, args: readonly string[], steps: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said: string[] = []
    let begun = 0
    child.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()))
    child.stdout.on('data', (bytes: Buffer) => {
      begun += bytes.toString().split('begin').length - 1
      if (begun >= steps) child.kill('SIGKILL')
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve()
      else reject(new Error(`the process ended with ${signal ?? code}: ${said.join('').slice(-2000)}`))
    })
  })
}

/** What the ledger says; `repeated`: steps that were begun again after their end had been told. */
function accountOf(ledger: string) {
  const settled = new Set<string>()
  const began: string[] = []
  const repeated: string[] = []
  const results: string[] = []
  let lives = 0
  for (const line of ledger.trim().split('\n')) {
    const [word, what = ''] = line.split(' ')
    if (word === 'fresh' || word === 'taken') lives++
    if (word === 'settled') settled.add(what)
    if (word === 'result') results.push(what)
    if (word !== 'begin') continue
    began.push(what)
    if (settled.has(`add.${what}`)) repeated.push(what)
  }
  return { began, lives, repeated, results }
}

describeOnEachEngine((engine) => {
  test('a run goes on after each kill, and repeats no step whose end was told', { timeout: 300_000 }, async () => {
    const directory = folder()
    const ledger = join(directory, 'ledger.txt')
    const program = await bundledProgram(engine)
    const args = [join(directory, 'data'), engine, ledger]
    for (let kill = 1; kill <= KILLS; kill++) await live(program, args, 3 + kill)
    await live(program, args, Infinity)

    const { began, lives, repeated, results } = accountOf(readFileSync(ledger, 'utf8'))
    expect([results, lives, repeated]).toEqual([['1070'], KILLS + 1, []])
    expect(new Set(began).size).toBe(31)
    // one step at a time is under way: each kill repeats that one at most
    expect(began.length).toBeLessThanOrEqual(31 + KILLS)
  })
})

describe('runs beside durable tasks', () => {
  function durable(directory: string) {
    const tasks = createTasks({ engine: 'typescript', durable: join(directory, 'data') })
    onTestFinished(async () => void (await tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })))
    return tasks
  }

  test('leave nothing behind when they are over, nor do those that were their steps', async () => {
    const directory = folder()
    const tasks = durable(directory)
    const runs = new WorkflowRuns({ tasks })
    const one = tasks.task({ name: 'one' }, () => 1)
    const inner = workflow('inner', (w) => w.step(one, []), { runs })
    const whole = workflow('whole', (w) => [w.step(one, []), w.step(inner, [])], { runs })
    const other = whole.execute(undefined, { runId: 'a' })
    expect(await Promise.all([other.wait(), whole.execute(undefined, { runId: 'a.b' }).wait()])).toEqual([
      [1, 1],
      [1, 1],
    ])
    await runs.drain()
    await expect.poll(() => [...(tasks.engine.records?.startingWith('workflow/') ?? [])]).toEqual([])
    expect(await runs.recover()).toEqual([])
  })

  test('keep the errors of steps, with their fields', async () => {
    const directory = folder()
    const first = durable(directory)
    const define = (tasks: typeof first, gate: Promise<void>) => {
      const runs = new WorkflowRuns({ tasks })
      const fails = tasks.task({ name: 'fails', maxRetries: 0 }, () => {
        throw Object.assign(new RangeError('too far'), { metres: 3 })
      })
      const waits = tasks.task({ name: 'waits' }, () => gate)
      const whole = workflow('whole', (w) => [w.step(fails, [], { id: 'fails' }), w.step(waits, [])], {
        runs,
        failure: 'collect',
      })
      return { runs, whole }
    }
    const { runs, whole } = define(first, new Promise(() => {}))
    const failed = new Promise<void>((resolve) => {
      runs.on('step', ({ step, status }) => {
        if (step === 'fails' && status === 'failed') resolve()
      })
    })
    whole.execute(undefined, { runId: 'it' })
    await failed
    await first.shutdown({ waitForCompletion: false, timeoutMs: 0 })

    const [taken] = await define(durable(directory), Promise.resolve()).runs.recover()
    const error = (await taken?.wait().catch((thrown: unknown) => thrown)) as Error & { cause: { metres: number } }
    expect(error.message).toBe("workflow 'whole': step 'fails' failed: too far")
    expect(error.cause).toMatchObject({ name: 'RangeError', metres: 3 })
  })

  test('are put aside when they come no further, and say so', async () => {
    const directory = folder()
    const heard: string[] = []
    const listener = (warning: Error): void => void heard.push(warning.message)
    process.on('warning', listener)
    onTestFinished(() => void process.off('warning', listener))
    const define = (body: () => unknown) => {
      const tasks = durable(directory)
      const runs = new WorkflowRuns({ tasks })
      const poison = tasks.task({ name: 'poison' }, body)
      return { tasks, runs, whole: workflow('whole', (w) => w.step(poison, []), { runs }) }
    }
    const first = define(() => new Promise(() => {}))
    await first.whole.execute(undefined, { runId: 'poisoned' }).accepted
    await first.tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })
    const taken: number[] = []
    for (let life = 0; life < 6; life++) {
      const { runs, tasks } = define(() => new Promise(() => {}))
      taken.push((await runs.recover()).length)
      await tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })
    }
    expect(taken).toEqual([1, 1, 1, 1, 1, 0])
    await expect
      .poll(() => heard.join())
      .toMatch(/run poisoned of workflow 'whole' is put aside.*recover\({ all: true }\)/)
    const [mended] = await define(() => 'mended').runs.recover({ all: true })
    expect(await mended?.wait()).toBe('mended')
  })

  test('say which result cannot be kept', async () => {
    const tasks = durable(folder())
    const runs = new WorkflowRuns({ tasks })
    const gives = tasks.task({ name: 'gives' }, () => () => 1)
    const run = workflow('whole', (w) => w.step(gives, []), { runs }).execute()
    await expect(run.wait()).rejects.toThrow(/cannot be stored: .*only plain data can/)
  })

  test('live as long as the process where tasks do, and have one store', async () => {
    const tasks = createTasks({ engine: 'typescript' })
    onTestFinished(async () => void (await tasks.shutdown()))
    const runs = new WorkflowRuns({ tasks })
    const one = tasks.task({ name: 'one' }, () => 1)
    expect(
      await workflow('whole', (w) => w.step(one, []), { runs })
        .execute()
        .wait(),
    ).toBe(1)
    expect(await runs.recover()).toEqual([])
    expect(() => new WorkflowRuns({ tasks, store: new MemoryStore() })).toThrow(/either store or tasks/)
  })
})
