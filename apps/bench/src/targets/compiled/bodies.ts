// Bodies as V8 compiles them, as the interpreter in C runs them, and as machine code, in turns; and how long the ways there
// take.
import { compileFunction, cLibrary, startToolchain } from '@catzilla/compiler'
import type { Compiled, Toolchain } from '@catzilla/compiler'
import type { NativeCore, NativeProgram } from '@catzilla/core-c'
import { interleave, median, ratio, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { requireCore, nativeSection } from '../native/core.ts'
import { formatFigure, tellProgress } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { kernels, loopInJavaScript } from './kernels.ts'
import type { Kernel } from './kernels.ts'

const v8 = 'V8'
const interpreter = 'interpreter'
const machineCode = 'machine code'
/** Times that machine code is taken from the cache: a single one may fall on a moment in which the disk is busy. */
const CACHE_LOOKS = 5

/** Nanoseconds for one body, by who ran it; one figure per round. */
type Samples = ReadonlyMap<string, readonly number[]>

interface Effort {
  /** Of a sample. */
  readonly ns: number
  readonly warmMs: number
}

interface Ready {
  readonly kernel: Kernel
  readonly compiled: Compiled
  readonly interpreted: NativeProgram
  readonly native: NativeProgram
  /** Milliseconds of the C compiler, and for the same from its cache. */
  readonly cold: number
  readonly warm: number
}

export const measureBodies: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Compiled bodies beside V8',
  async ({ quick }) => {
    const core = requireCore()
    // what is compiled in the background does not keep a process alive
    const alive = setInterval(() => undefined, 1000)
    const toolchain = await startToolchain(core)
    const compiler = await toolchain.compiler()
    if ('reason' in compiler) {
      clearInterval(alive)
      return { tables: [], verdicts: [], skipped: compiler.reason }
    }
    const effort = quick
      ? { rounds: 3, warmUps: 1, ns: 2e5, warmMs: 5 }
      : { rounds: 25, warmUps: 5, ns: 2e6, warmMs: 250 }
    const figures: { readonly ready: Ready; readonly samples: Samples }[] = []
    for (const kernel of kernels) {
      tellProgress(`compiled:bodies: ${kernel.name}`)
      const ready = await prepare(core, toolchain, kernel)
      figures.push({ ready, samples: await interleave(contendersOf(ready, effort), effort) })
    }
    clearInterval(alive)
    const speeds = new Map(figures.map(({ ready, samples }) => [ready.kernel, speedOf(samples, machineCode)]))
    const opening = kernels.map((kernel) => median(timesToInterpreter(core, kernel, quick ? 3 : 20)))
    return {
      tables: [bodyTable(figures), buildTable(figures, opening)],
      verdicts: [...judgeSpeeds(speeds), ...judgeBuilds(figures)],
    }
  },
)

async function prepare(core: NativeCore, toolchain: Toolchain, kernel: Kernel): Promise<Ready> {
  const compiled = compile(kernel)
  // a name that nobody has used: what is in the cache from another run is not found
  const symbol = `bench_${process.pid}_${kernels.indexOf(kernel)}_${Date.now().toString(36)}`
  const text = cLibrary([compiled.c(symbol)])
  const built = await toolchain.compile(text)
  const again = await timesFromCache(toolchain, text)
  const loaded = await toolchain.load(text)
  if ('reason' in built) throw new Error(`${kernel.name}: ${built.reason}`)
  if ('reason' in loaded) throw new Error(`${kernel.name}: ${loaded.reason}`)
  const interpreted = core.programs.openProgram(compiled.program)
  const native = core.programs.openProgram(compiled.program)
  native.useBody(loaded.library, symbol)
  return { kernel, compiled, interpreted, native, cold: built.ms, warm: median(again) }
}

/** Milliseconds each; not a number where there is no cache. */
async function timesFromCache(toolchain: Toolchain, text: string): Promise<number[]> {
  const times: number[] = []
  while (times.length < CACHE_LOOKS) {
    const again = await toolchain.compile(text)
    if ('reason' in again) throw new Error(again.reason)
    times.push(again.cached ? again.ms : Number.NaN)
  }
  return times
}

function compile({ name, body, loop, types }: Kernel): Compiled {
  const compilation = compileFunction(loop.toString(), { types: [...types, 'number'], captures: { body } })
  if (compilation.ok) return compilation
  throw new Error(`${name}: ${compilation.blockers.map(({ message }) => message).join('; ')}`)
}

/** All give the same number, and run about `ns` nanoseconds for a sample. */
function contendersOf({ kernel, interpreted, native }: Ready, { ns, warmMs }: Effort): Contender<number>[] {
  const inJavaScript = loopInJavaScript(kernel)
  const run: Readonly<Record<string, (times: number) => unknown>> = {
    [v8]: inJavaScript,
    [interpreter]: (times) => interpreted.call([...kernel.args, times]),
    [machineCode]: (times) => native.call([...kernel.args, times]),
  }
  return Object.entries(run).map(([name, loop]) => {
    if (loop(3) !== inJavaScript(3)) throw new Error(`${kernel.name}: the ${name} gives another result`)
    // V8 compiles a function anew for each assumption that did not hold: it is given time for all of them
    for (const begunAt = performance.now(); performance.now() - begunAt < warmMs;) loop(20)
    const times = timesFor(loop, ns)
    return {
      name,
      async run() {
        const begunAt = performance.now()
        loop(times)
        return ((performance.now() - begunAt) * 1e6) / times
      },
    }
  })
}

function timesFor(loop: (times: number) => unknown, ns: number): number {
  for (let times = 8; ; times *= 2) {
    const begunAt = performance.now()
    loop(times)
    if ((performance.now() - begunAt) * 1e6 >= ns) return times
  }
}

/** Milliseconds from the text of a function to a program that can be called, which is what the first tier waits for. */
function timesToInterpreter(core: NativeCore, kernel: Kernel, rounds: number): number[] {
  return Array.from({ length: rounds }, () => {
    const begunAt = performance.now()
    core.programs.openProgram(compile(kernel).program)
    return performance.now() - begunAt
  })
}

/** How many times as fast as V8: the median over the rounds. */
function speedOf(samples: Samples, name: string): number {
  return ratio(samples.get(v8) ?? [], samples.get(name) ?? [])
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

function bodyTable(figures: readonly { readonly ready: Ready; readonly samples: Samples }[]): Table {
  const speeds = figures.map(({ samples }) => speedOf(samples, machineCode))
  const rows = figures.map(({ ready, samples }, index) => [
    ready.kernel.name,
    ...[v8, interpreter, machineCode].map((name) => formatFigure(summarise(samples.get(name) ?? []).median)),
    `${formatFigure(speedOf(samples, interpreter))} ×`,
    `${formatFigure(speeds[index] ?? Number.NaN)} ×`,
  ])
  return {
    title: 'ns for one body',
    columns: ['', v8, interpreter, machineCode, 'interpreter : V8', 'machine code : V8'],
    rows: [...rows, ['geometric mean', '', '', '', '', `${formatFigure(geometricMean(speeds))} ×`]],
    note: 'Each body runs in a loop of the same language, one and the same text for all three, so that no call from JavaScript to C is in the figures; texts are read, which V8 otherwise would not have made yet. V8 has run its loop warm, in a text of its own for each body. Speeds are medians over the rounds.',
  }
}

function buildTable(figures: readonly { readonly ready: Ready }[], opening: readonly number[]): Table {
  return {
    title: 'ms until a body can run in C',
    columns: ['', 'interpreter', 'machine code, new', 'machine code, from the cache'],
    rows: figures.map(({ ready: { kernel, cold, warm } }, index) => [
      kernel.name,
      ...[opening[index] ?? Number.NaN, cold, warm].map((ms) => (Number.isNaN(ms) ? 'no cache' : formatFigure(ms))),
    ]),
    note: 'For the interpreter: parsing, types, instructions and the check of the bytes. Machine code is made in another process; the event loop goes on. From the cache it is taken five times, of which this is the median.',
  }
}

function judgeSpeeds(speeds: ReadonlyMap<Kernel, number>): Verdict[] {
  const all = [...speeds.values()]
  const slowest = [...speeds].toSorted(([, a], [, b]) => a - b)[0]
  const texts = [...speeds].flatMap(([kernel, speed]) => (kernel.texts === true ? [speed] : []))
  const [mean, least] = [geometricMean(all), Math.min(...all)]
  return [
    { target: 'machine code, geometric mean: ≥ 1 × V8', measured: `${formatFigure(mean)} ×`, met: mean >= 1 },
    {
      target: 'machine code, slowest body: ≥ 0.5 × V8',
      measured: `${formatFigure(least)} × (${slowest?.[0].name})`,
      met: least >= 0.5,
    },
    {
      target: 'machine code, bodies that make texts: ≥ 2 × V8',
      measured: texts.map((speed) => `${formatFigure(speed)} ×`).join(', '),
      met: Math.min(...texts) >= 2,
    },
  ]
}

function judgeBuilds(figures: readonly { readonly ready: Ready }[]): Verdict[] {
  const cold = Math.max(...figures.map(({ ready }) => ready.cold))
  const warm = figures.map(({ ready }) => ready.warm).filter((ms) => !Number.isNaN(ms))
  const judged: Verdict[] = [
    { target: 'machine code, new: ≤ 150 ms', measured: `${formatFigure(cold)} ms`, met: cold <= 150 },
  ]
  if (warm.length === 0) return judged
  const worst = Math.max(...warm)
  const fromCache = { target: 'machine code, from the cache: ≤ 2 ms', measured: `${formatFigure(worst)} ms` }
  return [...judged, { ...fromCache, met: worst <= 2 }]
}
