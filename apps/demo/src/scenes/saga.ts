// Scene: a file for each station is written, side by side; one cannot be, so those that were are taken back, in reverse
// order. Then what stood in the way is removed, and the run is repeated.
import { mkdir, readFile, readdir, rm, rmdir } from 'node:fs/promises'
import { WorkflowError } from '@catzilla/workflow'
import { readingsFile } from '../folders.ts'
import { allOf } from '../ledger.ts'
import { processReadings } from '../readings/readings.ts'
import { defineStationExport, stationFile, stationText } from '../readings/station-export.ts'
import type { Station, StationExport } from '../readings/station-export.ts'
import type { Stage } from '../stage.ts'

/** Exports the stations, has it fail and be undone, and then succeed. */
export async function sagaScene(stage: Stage): Promise<void> {
  const { terminal, checks, outFolder } = stage
  terminal.heading('10. A fan-out that fails at its last step, is undone, and is tried again')
  const { byStation } = processReadings(2, await readFile(readingsFile, 'utf8'), new Date())
  const stations = Object.entries(byStation)
  const [last] = stations.at(-1) ?? ['']
  const before = await readdir(outFolder)
  // a folder where the file of the last station belongs: no file can be written there
  const obstacle = stationFile(outFolder, last)
  await mkdir(obstacle)
  const tasks = defineStationExport(stage.tasks, outFolder)
  const run = tasks.flow.execute({ stations })
  run.onStep(({ step, item, status }) => {
    if (item !== undefined && status !== 'started') terminal.line(`  ${step} ${stations[item]?.[0]}: ${status}`)
  })
  const error: unknown = await run.wait().catch((thrown: unknown) => thrown)
  checks.holds(
    error instanceof WorkflowError && error.step === 'station.write',
    'the error names the step',
    String(error),
  )
  terminal.line(error instanceof Error ? error.message.replaceAll(outFolder, '…') : String(error))
  const { items } = run.inspect().steps.find(({ id }) => id === 'station.write') ?? {}
  checks.equal([items?.completed, items?.failed], [stations.length - 1, 1], 'all files were written but one')
  await rmdir(obstacle)
  checks.equal(await readdir(outFolder), before, 'every file that was written has been taken back')
  checks.equal(
    tasks.takenBack,
    stations
      .slice(0, -1)
      .map(([name]) => name)
      .toReversed(),
    'they were taken back in reverse order',
  )
  terminal.line(`taken back: ${tasks.takenBack.join(', ')}; nothing is left on disk`)
  await repeat(stage, run.retry(), stations)
  await account(stage, tasks)
}

async function repeat(
  { terminal, checks, outFolder }: Stage,
  again: ReturnType<StationExport['flow']['execute']>,
  stations: readonly Station[],
): Promise<void> {
  const paths = await again.wait()
  for (const [index, [name, readings]] of stations.entries()) {
    const path = paths[index] ?? ''
    checks.equal(await readFile(path, 'utf8'), stationText(readings), `the file of ${name} holds its readings`)
    await rm(path)
  }
  terminal.line(
    `tried again: ${paths.length} of ${stations.length} files written, read back and removed from ${outFolder}`,
  )
}

/** What the engine has run goes into the ledger: what failed by itself, the rest together. */
async function account({ tasks, ledger }: Stage, { writing, removing }: StationExport): Promise<void> {
  const written = await allOf(tasks, writing)
  const failed = written.filter(({ status }) => status === 'failed')
  for (const each of failed) ledger.enterStats(each, 'a folder was in its place')
  ledger.enterStatsTogether(
    written.filter(({ status }) => status === 'completed'),
    'files of stations',
  )
  const removed = await allOf(tasks, removing)
  ledger.enterStatsTogether(removed, 'taken back in reverse order')
}
