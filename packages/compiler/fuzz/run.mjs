// node packages/compiler/fuzz/run.mjs --tier 1|2 [--programs N | --minutes M] [--seed S] [--first I] [--inputs N] [--row 1|2]
// [--having TEXT] [--spoiled]
// Random programs, compiled and compared with V8. Without a number or a time it goes on for ever. The programs run in a
// process of its own: when that crashes or hangs, the program it was at is named, and the run goes on behind it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

const { values: asked } = parseArgs({
  options: {
    tier: { type: 'string', default: '1' },
    programs: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    first: { type: 'string', default: '0' },
    inputs: { type: 'string', default: '30' },
    row: { type: 'string', default: '2' },
    batch: { type: 'string' },
    having: { type: 'string' },
    spoiled: { type: 'boolean', default: false },
    shrink: { type: 'string', default: '20' },
    patience: { type: 'string', default: '60' },
    failures: { type: 'string', default: '20' },
  },
})

const started = Date.now()
const until = asked.minutes === undefined ? Infinity : started + Number(asked.minutes) * 60_000
const last = asked.programs === undefined ? Infinity : Number(asked.first) + Number(asked.programs)
const found = join(import.meta.dirname, '../../../.cache/fuzz')
const total = {
  programs: 0,
  answered: 0,
  blocked: 0,
  calls: 0,
  equal: 0,
  threw: 0,
  failures: 0,
  bails: {},
  blockers: {},
}
let next = Number(asked.first)
let crashes = 0
let shown = Date.now()

mkdirSync(found, { recursive: true })
console.log(`tier ${asked.tier}, seed ${asked.seed}, from program ${next}`)
while (next < last && Date.now() < until && total.failures + crashes < Number(asked.failures))
  await runChild(asked.batch)
report('end')
process.exitCode = total.failures + crashes > 0 ? 1 : 0

/** Runs programs until the end, or until the child is lost; then looks for the one to blame. */
async function runChild(batch, only) {
  const child = startChild(batch ?? '', only)
  let patience
  const wait = () => {
    clearTimeout(patience)
    patience = setTimeout(() => child.kill('SIGKILL'), Number(asked.patience) * 1000)
  }
  wait()
  const from = next
  let at = next
  let size = 1
  const lines = createInterface({ input: child.stdio[3] })
  lines.on('line', (line) => {
    wait()
    const message = JSON.parse(line)
    if (message.begins !== undefined) ({ begins: at, size } = message)
    else next = add(message)
    if (Date.now() - shown > 30_000) report('so far')
  })
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')])
  clearTimeout(patience)
  if (code === 0) return
  if (size > 1 && batch !== '1') {
    // One of the batch: each by itself, behind what has been counted.
    next = Math.max(from, at)
    await runChild('1', size)
    return
  }
  crashes += 1
  next = at + 1
  console.log(
    `CRASH or hang (${signal ?? code}) at program ${at}: --tier ${asked.tier} --seed ${asked.seed} --first ${at} --programs 1`,
  )
}

function startChild(batch, only) {
  const end = Math.min(last, only === undefined ? Infinity : next + only)
  const order = {
    tier: Number(asked.tier),
    seed: Number(asked.seed),
    first: next,
    end: Number.isFinite(end) ? end : null,
    until: Number.isFinite(until) ? until : null,
    batch: batch === '' ? null : Number(batch),
    inputs: Number(asked.inputs),
    row: Number(asked.row),
    spoiled: asked.spoiled,
    having: asked.having ?? null,
    shrink: Number(asked.shrink),
    failures: Number(asked.failures) - total.failures - crashes,
    found,
  }
  const args = ['--conditions=@catzilla/source', '--import', import.meta.resolve('tsx')]
  return spawn(process.execPath, [...args, join(import.meta.dirname, 'child.ts'), JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
}

function add({ next: reached, tally }) {
  for (const [name, value] of Object.entries(tally)) {
    if (typeof value === 'number') total[name] += value
  }
  total.failures += tally.failures.length
  for (const [reason, count] of Object.entries(tally.bails)) total.bails[reason] = (total.bails[reason] ?? 0) + count
  for (const [code, { count, example }] of Object.entries(tally.blockers)) {
    total.blockers[code] ??= { count: 0, example }
    total.blockers[code].count += count
  }
  return reached
}

function report(title) {
  shown = Date.now()
  const seconds = (shown - started) / 1000
  const share = (count, of) => `${((100 * count) / (of || 1)).toFixed(1)} %`
  console.log(
    [
      `${title}: ${total.programs} programs in ${seconds.toFixed(0)} s (${((total.programs * 60) / seconds).toFixed(0)} a minute)`,
      `${total.calls} calls, ${total.equal} equal, ${share(total.calls - total.equal, total.calls)} bailed (${total.threw} threw)`,
      `${total.blocked} blocked (${share(total.blocked, total.programs)}), ${total.answered} answered`,
      `${total.failures} failures, ${crashes} crashes`,
    ].join('; '),
  )
  if (title !== 'end') return
  const bails = Object.entries(total.bails).toSorted((a, b) => b[1] - a[1])
  for (const [reason, count] of bails) console.log(`  bailed: ${reason} ${count} (${share(count, total.calls)})`)
  const blockers = Object.entries(total.blockers).toSorted((a, b) => b[1].count - a[1].count)
  for (const [code, { count, example }] of blockers) console.log(`  blocker ${code}: ${count}, such as ${example}`)
}
