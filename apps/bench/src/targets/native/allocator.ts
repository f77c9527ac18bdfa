// Which allocator serves best: kernels that give arrays of 10 kB, in processes that differ in nothing but who serves
// malloc, or in what the C engine was built with.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadCore } from '@catzilla/core-c'
import { runJob } from '../../child.ts'
import { clocks, interleave, ratio, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { createNativeTasks, nativeSection } from './core.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

/** What a process starts with, or why there is no such process. */
type Way = { readonly env: Readonly<Record<string, string>> } | { readonly missing: string }

export interface AllocatorCost {
  /** As the C engine names it. */
  readonly allocator: string
  /** Nanoseconds for each task. */
  readonly ns: number
  /** Greatest resident memory of the process, in bytes. */
  readonly peak: number
  /** Resident memory after the last result is gone. */
  readonly after: number
}

interface Load {
  readonly windows: number
  readonly clock: SectionInput['clock']
}

/** 10 kB of doubles. */
const NUMBERS = 1250
const WINDOW = 1000
const system = "the system's allocator"

// the sources and the bundle lie equally deep
const buildFolder = fileURLToPath(new URL('../out/core-mimalloc', import.meta.url))

export const measureAllocators: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Allocators',
  async ({ quick, clock }) => {
    const ways: Readonly<Record<string, Way>> = {
      [system]: { env: {} },
      'jemalloc for the whole process': preloading('jemalloc', ['libjemalloc.so.2']),
      'mimalloc for the whole process': preloading('mimalloc', ['libmimalloc.so.2', 'libmimalloc.so.2.0']),
      'C engine built with mimalloc': quick ? { missing: 'nothing is built in a quick run' } : builtWithMimalloc(),
    }
    const load: Load = { windows: quick ? 5 : 100, clock }
    const entrants = Object.entries(ways).flatMap(([name, way]): Contender<AllocatorCost>[] => {
      if ('missing' in way) return []
      return [{ name, run: () => runJob<AllocatorCost>('allocator-row', load, { env: way.env }) }]
    })
    tellProgress(`allocator: ${entrants.length} processes in turn`)
    const samples = await interleave(entrants, quick ? { rounds: 1, warmUps: 0 } : { rounds: 7, warmUps: 1 })
    const reference = (samples.get(system) ?? []).map(({ ns }) => ns)
    return {
      tables: [
        {
          title: `Kernel scale over ${formatCount(NUMBERS)} doubles, which gives as many: 10 kB`,
          columns: ['', 'serves', 'ns/task', 'min – max', 'speed of the system’s', 'peak MiB', 'MiB after'],
          rows: Object.entries(ways).map(([name, way]) => {
            if ('missing' in way) return [name, `skipped: ${way.missing}`, '', '', '', '', '']
            const costs = samples.get(name) ?? []
            const { median: middle, min, max } = summarise(costs.map(({ ns }) => ns))
            const speed = ratio(
              reference,
              costs.map(({ ns }) => ns),
            )
            return [
              name,
              costs[0]?.allocator ?? '',
              formatFigure(middle),
              `${formatFigure(min)} – ${formatFigure(max)}`,
              `${formatFigure(speed)} ×`,
              formatFigure(summarise(costs.map(({ peak }) => peak)).median / 2 ** 20),
              formatFigure(summarise(costs.map(({ after }) => after)).median / 2 ** 20),
            ]
          }),
          note: `Windows of ${formatCount(WINDOW)}, a promise each; every result is looked at and dropped.`,
        },
      ],
      verdicts: [],
    }
  },
)

/** The job of one process. */
export async function measureAllocatorRow({ windows, clock }: Load): Promise<AllocatorCost> {
  const tasks = await createNativeTasks({ keepResults: 0 })
  const scale = tasks.kernel('scale')
  const values = Float64Array.from({ length: NUMBERS }, (_, index) => index)
  const expected = (NUMBERS * (NUMBERS - 1)) / 2
  const run = async (): Promise<void> => {
    const pending: Promise<Float64Array>[] = []
    for (let index = 0; index < WINDOW; index++) pending.push(scale.delay(values, 2).wait())
    for (const each of pending) verify('last number', (await each)[NUMBERS - 1] ?? Number.NaN, 2 * (NUMBERS - 1))
  }
  for (let window = 0; window < 5; window++) await run()
  const begunAt = clocks[clock]()
  for (let window = 0; window < windows; window++) await run()
  const ns = (clocks[clock]() - begunAt) / (windows * WINDOW)
  const whole = await scale.delay(values, 2).wait()
  verify(
    'sum',
    whole.reduce((sum, value) => sum + value, 0),
    expected * 2,
  )
  await tasks.shutdown()
  globalThis.gc?.()
  const { core } = loadCore()
  return {
    allocator: core?.allocator ?? '',
    ns,
    peak: process.resourceUsage().maxRSS * 1024,
    after: process.memoryUsage.rss(),
  }
}

/** A shared library that the loader puts before the C library. */
function preloading(name: string, files: readonly string[]): Way {
  if (process.platform !== 'linux') return { missing: 'preloading is measured on Linux only' }
  const paths = libraryFolders().flatMap((folder) => files.map((file) => join(folder, file)))
  const path = paths.find((each) => existsSync(each))
  return path === undefined ? { missing: `${name} is not installed` } : { env: { LD_PRELOAD: path } }
}

/** Where the loader looks. */
function libraryFolders(): string[] {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' })
  const known = [...(stdout ?? '').matchAll(/=> (\/.+)$/gm)].map(([, path = '']) => dirname(path))
  const asked = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== '')
  return [...new Set([...asked, ...known])]
}

/** Builds the C engine with it, where it is installed with its headers. */
function builtWithMimalloc(): Way {
  const core = dirname(createRequire(import.meta.url).resolve('@catzilla/core-c/package.json'))
  tellProgress('allocator: building the C engine with mimalloc')
  const args = [join(core, 'scripts/build-native.mjs'), '--out', buildFolder, '--CDCATZILLA_ALLOC=mimalloc']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) {
    const why = /CATZILLA_ALLOC=mimalloc, but (.+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'the C engine could not be built'
    return { missing: why }
  }
  return { env: { CATZILLA_NATIVE_PATH: join(buildFolder, 'Release', 'core.node') } }
}
