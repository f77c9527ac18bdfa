// The workflows of the demo's server: the pipeline over the readings, again and again, and the export of the stations, which fails
// at first, is undone, and can be retried on the dashboard.
import { mkdir, readFile } from 'node:fs/promises'
import type { BackgroundTasks } from '@catzilla/api'
import { WorkflowRuns } from '@catzilla/workflow'
import { readingsFile } from '../folders.ts'
import { definePipeline } from '../readings/pipeline.ts'
import { processReadings } from '../readings/readings.ts'
import { defineStationExport, stationFile } from '../readings/station-export.ts'

const EVERY_MS = 60_000

export interface DemoWorkflows {
  readonly runs: WorkflowRuns
  /**
   * Starts the first runs, and the schedule of the others. Settles when the first are over, well or badly, with the folder that
   * stands where a file should be: without it, a retry of the export succeeds.
   */
  begin(this: void): Promise<string>
}

/** @param outFolder for what they write; made when it is not there */
export function defineDemoWorkflows(tasks: BackgroundTasks, outFolder: string): DemoWorkflows {
  const runs = new WorkflowRuns()
  const { pipeline } = definePipeline(tasks, outFolder, { runs })
  const { flow } = defineStationExport(tasks, outFolder, { runs })
  const analyse = tasks.task({ name: 'data.analyse_again' }, async () => {
    const csv = await readFile(readingsFile, 'utf8')
    return pipeline.execute({ dataId: 1, csv }).runId
  })
  return {
    runs,
    async begin() {
      tasks.schedule('analyse the readings', { everyMs: EVERY_MS }, analyse, [])
      const csv = await readFile(readingsFile, 'utf8')
      const stations = Object.entries(processReadings(1, csv, new Date()).byStation)
      const obstacle = stationFile(outFolder, stations.at(-1)?.[0] ?? '')
      await mkdir(obstacle, { recursive: true })
      const first = [pipeline.execute({ dataId: 1, csv }), flow.execute({ stations })]
      await Promise.allSettled(first.map((run) => run.wait()))
      return obstacle
    },
  }
}
