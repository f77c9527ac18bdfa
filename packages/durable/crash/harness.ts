// Kills a process with durable tasks at random moments, again and again over the same directory, and judges what is left.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { judge } from './ledger.ts'
import type { CrashCounts } from './ledger.ts'

export interface CrashRun {
  readonly engine: 'typescript' | 'native'
  /** How often the process is killed. */
  readonly rounds: number
  readonly seed: number
  /** Told after each round. */
  readonly tell?: (round: number) => void
}

/** Longest life of a process, in milliseconds, from the moment in which it says that it lives. */
const LONGEST_LIFE_MS = 250

const home = dirname(fileURLToPath(import.meta.url))

/** Beside the package, so that its dependencies are found. */
const bundle = join(home, '../node_modules/.cache', `crash-program-${process.pid}.mjs`)

/** @throws when what was promised was not kept */
export async function crashRun({ engine, rounds, seed, tell }: CrashRun): Promise<CrashCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-crash-'))
  const ledger = join(folder, 'ledger.txt')
  const random = lifeTimes(seed)
  try {
    await bundleProgram()
    for (let round = 0; round < rounds; round++) {
      await live([join(folder, 'data'), engine, ledger, String(seed + round), 'load'], random() * LONGEST_LIFE_MS)
      tell?.(round + 1)
    }
    await live([join(folder, 'data'), engine, ledger, String(seed + rounds), 'finish'], Infinity)
    const { problems, counts } = judge(readFileSync(ledger, 'utf8').trim().split('\n'))
    if (problems.length === 0) return counts
    throw new Error(`${problems.length} problems with seed ${seed}: ${problems.slice(0, 20).join('; ')}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
    rmSync(bundle, { force: true })
  }
}

/** Runs the program until it ends or its life is over. */
function live(args: readonly string[], lifeMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bundle, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said: string[] = []
    let killed = false
    child.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()))
    child.stdout.once('data', () => {
      if (lifeMs === Infinity) return
      setTimeout(() => {
        killed = true
        child.kill('SIGKILL')
      }, lifeMs)
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (killed ? signal === 'SIGKILL' : code === 0) resolve()
      else reject(new Error(`the process ended with ${signal ?? code}: ${said.join('').slice(-2000)}`))
    })
  })
}

async function bundleProgram(): Promise<void> {
  await build({
    entryPoints: [join(home, 'program.ts')],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@catzilla/source'],
    external: ['lmdb', 'msgpackr', '@catzilla/core-c'],
  })
}

function lifeTimes(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 2 ** 32
  }
}
