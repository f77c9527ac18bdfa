// The data pipeline as a workflow: raw readings are processed, analysed and stored, each task with the result of the one before.
import { join } from 'node:path'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { TaskPriority, currentTask } from '@catzilla/api'
import { workflow } from '@catzilla/workflow'
import type { Workflow, WorkflowOptions } from '@catzilla/workflow'
import { processReadings } from './readings.ts'
import type { ProcessedReadings } from './readings.ts'
import { writeResult } from './result-file.ts'
import { analyseReadings } from './statistics.ts'
import type { Analysis } from './statistics.ts'

/** The name of the result in the folder of results. */
export const analysisFile = 'readings-analysis.json'

export interface Pipeline {
  readonly process: Task<[dataId: number, csv: string], ProcessedReadings>
  readonly analyse: Task<[processed: ProcessedReadings], Analysis>
  readonly store: Task<[analysis: Analysis], string>
  readonly pipeline: Workflow<
    { readonly dataId: number; readonly csv: string },
    { readonly processed: ProcessedReadings; readonly analysis: Analysis; readonly path: string }
  >
}

/** @param outFolder where the analysis is written */
export function definePipeline(tasks: BackgroundTasks, outFolder: string, options: WorkflowOptions = {}): Pipeline {
  const process = tasks.task({ name: 'data.process', priority: TaskPriority.HIGH }, (dataId: number, csv: string) =>
    processReadings(dataId, csv, new Date()),
  )
  const analyse = tasks.task({ name: 'data.analyse', priority: TaskPriority.NORMAL }, analyseReadings)
  const store = tasks.task({ name: 'data.store', priority: TaskPriority.LOW }, async (analysis: Analysis) => {
    const path = join(outFolder, analysisFile)
    await writeResult(path, analysis, currentTask().taskId)
    return path
  })
  const pipeline = workflow(
    'data pipeline',
    (w, input: { readonly dataId: number; readonly csv: string }) => {
      const processed = w.step(process, [input.dataId, input.csv])
      const analysis = w.step(analyse, [processed])
      return { processed, analysis, path: w.step(store, [analysis]) }
    },
    options,
  )
  return { process, analyse, store, pipeline }
}
