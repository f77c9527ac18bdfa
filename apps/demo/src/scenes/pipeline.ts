// Scene: raw data is processed, analysed and stored by a workflow of three tasks, each of which gets the result of the one
// before.
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { cwd } from 'node:process'
import { readingsFile } from '../folders.ts'
import { latestOf } from '../ledger.ts'
import { analysisFile, definePipeline } from '../readings/pipeline.ts'
import type { Stage } from '../stage.ts'

/** Runs the pipeline over the data set of the demo and compares what is on disk with what was computed. */
export async function pipelineScene({ tasks, outFolder, terminal, checks, ledger }: Stage): Promise<void> {
  terminal.heading('2. A data pipeline: process, analyse and store, as a workflow')
  const { process, analyse, store, pipeline } = definePipeline(tasks, outFolder)
  const csv = await readFile(readingsFile, 'utf8')
  const lines = csv.trimEnd().split('\n').length - 1

  const run = pipeline.execute({ dataId: 1, csv })
  run.onStep(({ step, status, durationMs }) => {
    if (status === 'completed') terminal.line(`  ${step.padEnd(13)} ${status} after ${(durationMs ?? 0).toFixed(1)} ms`)
  })
  const { processed, analysis, path } = await run.wait()

  const usable = lines - processed.rejected
  terminal.line(`processed ${lines} readings: ${usable} usable, ${processed.rejected} rejected`)
  checks.equal(analysis.overall.count, usable, 'the analysis covers every usable reading')
  for (const [station, { count, mean, standardDeviation }] of Object.entries(analysis.stations)) {
    const spread = standardDeviation.toFixed(2)
    terminal.line(`  ${station.padEnd(8)} ${count} readings, ${mean.toFixed(2).padStart(6)} °C on average, σ ${spread}`)
  }
  checks.equal<unknown>(JSON.parse(await readFile(path, 'utf8')), analysis, `${path} holds the analysis`)
  terminal.line(`stored, read back and found equal: ${relative(cwd(), path)}`)
  checks.equal(
    run.criticalPath().steps.map(({ id }) => id),
    ['data.process', 'data.analyse', 'data.store'],
    'each step waited for the one before it',
  )
  ledger.enterStats(await latestOf(tasks, process), `${usable} readings, ${processed.rejected} rejected`)
  ledger.enterStats(await latestOf(tasks, analyse), `${Object.keys(analysis.stations).length} stations`)
  ledger.enterStats(await latestOf(tasks, store), analysisFile)
}
