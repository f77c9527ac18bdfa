// Scene: an ordinary function in JavaScript that becomes C while its tasks run, and one that stays JavaScript and says why.
import type { Task, TaskResult } from '@catzilla/api'
import { workflow } from '@catzilla/workflow'
import type { Stage } from '../stage.ts'

/** Longest time, in milliseconds, for the switch: a C compiler may be at work, and the machine busy. */
const patienceMs = 30_000
/** How often, in milliseconds, it is said that the switch is still awaited. */
const tellAfterMs = 1_000
const batchSize = 2_000

const tiers = ['javascript', 'compiling', 'checking', 'interpreted', 'machine code']

type Body = Task<[a: number, b: number], number>

/** What a loan costs a month, in whole cents. No loop: it runs in the interpreter in C. */
export function instalment(cents: number, months: number): number {
  const rate = 0.0425 / 12
  const growth = (1 + rate) ** months
  return Math.round((cents * rate * growth) / (growth - 1))
}

/** Steps until a point escapes from the Mandelbrot set, at most 20,000. It loops: it becomes machine code. */
export function escapeSteps(cx: number, cy: number): number {
  let x = 0
  let y = 0
  let step = 0
  while (step < 20_000 && x * x + y * y <= 4) {
    const next = x * x - y * y + cx
    y = 2 * x * y + cy
    x = next
    step++
  }
  return step
}

export async function compiledScene(stage: Stage): Promise<void> {
  stage.terminal.heading('6. Compiled bodies: a function becomes C while its tasks run')
  const loan = stage.tasks.task({ name: 'instalment' }, instalment)
  await switchOver(stage, loan, [25_000_000, 240])
  await manyAtOnce(stage, loan)
  await switchOver(stage, stage.tasks.task({ name: 'escape' }, escapeSteps), [-0.5, 0.5])
  await stayJavaScript(stage)
}

/** Runs tasks one after the other until their body runs in C, or it is clear that it will not, then many at once. */
async function switchOver({ terminal, checks, ledger }: Stage, body: Body, args: [number, number]): Promise<void> {
  // synchronous, as compiled bodies are
  const expected = Number(body(...args))
  const results: TaskResult<number>[] = []
  const begun = performance.now()
  let ranInC = false
  let tier = ''
  let toldAt = begun
  while (!ranInC && mayBeCompiled(body) && performance.now() - begun < patienceMs) {
    const result = body.delay(...args)
    checks.equal(await result.wait(), expected, 'each of its tasks gives what the function gives')
    ranInC = result.getStats().lane === 'native'
    results.push(result)
    if (tierOf(body) !== tier) {
      tier = tierOf(body)
      terminal.progress(tiers.indexOf(tier) / tiers.length, `${body.taskName}: ${tier} since task ${results.length}`)
    }
    if (performance.now() - toldAt > tellAfterMs) {
      toldAt = performance.now()
      const seconds = ((toldAt - begun) / 1000).toFixed(0)
      terminal.line(`${body.taskName.padEnd(10)} ${tier} for ${seconds} s: ${results.length} tasks have run meanwhile`)
    }
    // what compiles it in the background tells of it between two turns of the event loop
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const switched = ranInC ? `C from task ${results.length} on` : 'JavaScript'
  terminal.line(`${body.taskName.padEnd(10)} ${switched}: ${body.explain().native.reason}`)
  if (results.length > 0) ledger.enterTogether(results, `${expected} each, ${switched}`)
  const batch = body.batch(Array.from({ length: batchSize }, () => args))
  const sums = await batch.wait()
  checks.holds(
    sums.every((sum) => sum === expected),
    `all ${sums.length} tasks of ${body.taskName} give the same`,
  )
  ledger.enterTogether(batch.results, `${expected} each`)
}

/** The same body as the steps of a workflow: C runs them together, as far as it runs the body. */
async function manyAtOnce({ terminal, checks }: Stage, loan: Body): Promise<void> {
  const years = Array.from({ length: 40 }, (_, year) => year + 1)
  const plans = workflow('loans', (w, input: { readonly cents: number }) =>
    w.all(years.map((each) => w.step(loan, [input.cents, each * 12]))),
  )
  const run = plans.execute({ cents: 25_000_000 })
  const expected = years.map((each) => instalment(25_000_000, each * 12))
  checks.equal(await run.wait(), expected, 'each step of the workflow gives what the function gives')
  const { stepsInC, graphs, steps } = run.explain()
  const why = stepsInC === 0 ? `: ${steps[0]?.reason ?? ''}` : `, in ${graphs} ${graphs === 1 ? 'graph' : 'graphs'}`
  terminal.line(`loans      a workflow of ${years.length} of them: ${stepsInC} steps ran in C${why}`)
}

function tierOf(body: Body): string {
  return body.explain().native.bodies.at(-1)?.tier ?? 'javascript'
}

/** It is not settled that it stays JavaScript. */
function mayBeCompiled(body: Body): boolean {
  const { engine, native } = body.explain()
  return (
    engine === 'native' &&
    !/no compiler|does not load/.test(native.reason) &&
    native.bodies.at(-1)?.tier !== 'javascript'
  )
}

/** A body that needs something from outside of itself. */
async function stayJavaScript({ tasks, terminal, checks, ledger }: Stage): Promise<void> {
  const prices = new Map([['bread', 320]])
  const price = tasks.task({ name: 'price' }, (article: string) => prices.get(article) ?? 0)
  const results: TaskResult<number>[] = []
  const begun = performance.now()
  do {
    const result = price.delay('bread')
    checks.equal(await result.wait(), 320, 'the price is found')
    results.push(result)
    await new Promise((resolve) => setTimeout(resolve, 1))
  } while (isPending(price) && performance.now() - begun < patienceMs)
  terminal.line(`price      JavaScript: ${price.explain().native.reason}`)
  ledger.enterTogether(results, '320 each')
}

function isPending(task: Pick<Body, 'explain'>): boolean {
  const { engine, native } = task.explain()
  const tier = native.bodies.at(-1)?.tier
  const waits = tier === undefined ? !/no compiler|does not load/.test(native.reason) : tier === 'compiling'
  return engine === 'native' && waits
}
