// Scene: kernels, task bodies that are C. On the native engine C worker threads run them; on the TypeScript engine their
// JavaScript twins do. Every result is compared with one made by other means, and the rates are those of this very run.
import { open, readFile } from 'node:fs/promises'
import { execPath } from 'node:process'
import { crc32 } from 'node:zlib'
import type { BackgroundTasks, TaskResult } from '@catzilla/api'
import { readingsFile } from '../folders.ts'
import type { Stage } from '../stage.ts'

const pieceSize = 2 ** 20
/** Of the program file of Node only so much is read. */
const longestFile = 64 * pieceSize
const rows = 1_000_000
const scalarAdds = 200_000
/** As many tasks as wait at once: no more than the queue has room for. */
const batchSize = 10_000

/** Runs checksums, statistics and sums as kernels. */
export async function kernelScene(stage: Stage): Promise<void> {
  stage.terminal.heading('4. Kernels: task bodies in C')
  stage.terminal.line(whereTheyRun(stage.tasks))
  await checksumFiles(stage)
  await describeNumbers(stage)
  await addColumns(stage)
  await addOneByOne(stage)
}

/** Which engine runs the kernels, why, and with what. */
function whereTheyRun(tasks: BackgroundTasks): string {
  const { cAcceleration, jemallocEnabled, lanes } = tasks.getStats()
  const { name, reason, passedOver } = tasks.engineInfo
  const others = passedOver.map((other) => `; ${other.name} was passed over`).join('')
  const threads = cAcceleration ? `C on ${lanes.native?.slots ?? 0} worker threads` : 'no C, JavaScript twins instead'
  const memory = jemallocEnabled ? 'jemalloc is in use' : 'without jemalloc'
  return `${name} engine (${reason}${others}): ${threads}, ${memory}`
}

/** CRC-32 of real files, a task for each mebibyte, against zlib. */
async function checksumFiles({ tasks, terminal, checks, ledger }: Stage): Promise<void> {
  const checksum = tasks.kernel('crc32')
  const files = await Promise.all([readFile(readingsFile), readStart(execPath, longestFile)])
  const pieces = files.flatMap((file) => cut(file, pieceSize))
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)

  const begun = performance.now()
  const batch = checksum.batch(pieces.map((piece): [Uint8Array] => [piece]))
  const checksums = await batch.wait()
  const ms = performance.now() - begun

  checks.equal(
    checksums,
    pieces.map((piece) => crc32(piece)),
    'zlib finds the same checksums',
  )
  const mebibytes = bytes / 2 ** 20
  const rate = (mebibytes / ms) * 1000
  terminal.line(
    `crc32     ${mebibytes.toFixed(1)} MiB of files in ${pieces.length} tasks: as by zlib; ${rate.toFixed(0)} MiB/s`,
  )
  ledger.enterTogether(batch.results, `${mebibytes.toFixed(1)} MiB, as by zlib`)
}

/** Mean and deviation of generated numbers, against the same kernel called here. */
async function describeNumbers({ tasks, terminal, checks, ledger }: Stage): Promise<void> {
  const stats = tasks.kernel('stats')
  const values = generatedNumbers(rows)
  const begun = performance.now()
  const result = stats.delay(values)
  const found = await result.wait()
  const ms = performance.now() - begun

  checks.equal(found, stats(values), 'the task and its twin in JavaScript give the same statistics, to the last bit')
  terminal.line(
    `stats     ${count(rows)} numbers in one task: mean ${found.mean.toFixed(6)}, σ ${found.stddev.toFixed(6)}, as by the twin; ${rateOf(rows, ms)}`,
  )
  ledger.enter(result, `mean ${found.mean.toFixed(6)}`)
}

/** Two columns of a million numbers, added. */
async function addColumns({ tasks, terminal, checks, ledger }: Stage): Promise<void> {
  const add = tasks.kernel('add')
  const xs = generatedNumbers(rows)
  const ys = xs.toReversed()
  const begun = performance.now()
  const batch = add.mapArrays(xs, ys)
  const sums = await batch.wait()
  const ms = performance.now() - begun

  const wrong = sums.findIndex((sum, row) => sum !== (xs[row] ?? Number.NaN) + (ys[row] ?? Number.NaN))
  checks.equal([sums.length, wrong], [rows, -1], 'every row of the columns was added')
  const tasksUsed = batch.size === 1 ? 'one task' : `${batch.size} tasks`
  terminal.line(`mapArrays ${count(rows)} adds in ${tasksUsed}: all right; ${rateOf(rows, ms)}`)
  ledger.enterTogether(batch.results, `${count(rows)} rows`)
}

/** A task with a handle for each sum. Only submitting and waiting is timed. */
async function addOneByOne({ tasks, terminal, checks, ledger }: Stage): Promise<void> {
  const add = tasks.kernel('add')
  const results: TaskResult<number>[] = []
  let [wrong, ms] = [0, 0]
  for (let from = 0; from < scalarAdds; from += batchSize) {
    const pairs = Array.from({ length: batchSize }, (_, index): [number, number] => [from + index, 0.5])
    const begun = performance.now()
    const batch = add.batch(pairs)
    const sums = await batch.wait()
    ms += performance.now() - begun
    wrong += sums.filter((sum, index) => sum !== from + index + 0.5).length
    results.push(...batch.results)
    terminal.progress((from + batchSize) / scalarAdds, `${count(from + batchSize)} of ${count(scalarAdds)} tasks`)
  }
  checks.equal([results.length, wrong], [scalarAdds, 0], 'every task gave its sum')
  terminal.line(`batch     ${count(scalarAdds)} adds in as many tasks: all right; ${rateOf(scalarAdds, ms)}`)
  ledger.enterTogether(results, `${count(scalarAdds)} sums`)
}

async function readStart(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(bytes), 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

/** Numbers in 0 .. 1, the same in every run (xorshift32). */
function generatedNumbers(length: number): Float64Array {
  let state = 0x2545f491
  return Float64Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  })
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function rateOf(items: number, ms: number): string {
  const perSecond = (items / ms) * 1000
  return perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(1)} million/s` : `${(perSecond / 1000).toFixed(0)} thousand/s`
}
