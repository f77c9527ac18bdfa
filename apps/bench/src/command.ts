// The command itself: measures what was asked for, prints tables, and says which targets are met.
import { listing, planOf } from './catalog.ts'
import { UsageError, parseCommandLine, usage } from './command-line.ts'
import type { Asked } from './command-line.ts'
import { keptFile, publish } from './report/kept.ts'
import { failuresOf } from './report/report.ts'
import { textOfSummary } from './report/text.ts'
import { run } from './run.ts'

/** Gives the exit code: 0 whatever the figures are, 1 when something is broken or was not understood. */
export async function command(argv: readonly string[]): Promise<number> {
  try {
    const asked = parseCommandLine(argv)
    if (asked.command === 'run') return await measure(asked)
    process.stdout.write(asked.command === 'help' ? usage : listing())
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
}

async function measure(asked: Asked): Promise<number> {
  const plan = planOf(asked.scenarios, asked.contenders)
  const report = await run(plan, asked, (text) => {
    if (!asked.json) process.stdout.write(`${text}\n`)
  })
  const isRecord = plan.full && !asked.quick && asked.clock === 'wall'
  const written = [keptFile(report), ...(asked.publish || isRecord ? await publish(report) : [])]
  if (asked.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
  else process.stdout.write(`${textOfSummary(report)}written: ${written.join(', ')}\n`)
  return failuresOf(report).length > 0 ? 1 : 0
}
