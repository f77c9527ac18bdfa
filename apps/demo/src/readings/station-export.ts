// A workflow that writes a file for each station, side by side; when one cannot be written, those that were are taken back, in
// reverse order.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackgroundTasks } from '@catzilla/api'
import { workflow } from '@catzilla/workflow'
import type { Workflow, WorkflowOptions } from '@catzilla/workflow'

/** The readings of one station. */
export type Station = readonly [name: string, readings: readonly number[]]

export interface StationExport {
  readonly flow: Workflow<{ readonly stations: readonly Station[] }, string[]>
  /** Names of stations, in the order in which their files were removed. */
  readonly takenBack: string[]
  readonly writing: { readonly taskName: string }
  readonly removing: { readonly taskName: string }
}

export function defineStationExport(
  tasks: BackgroundTasks,
  outFolder: string,
  options: WorkflowOptions = {},
): StationExport {
  const takenBack: string[] = []
  const writing = tasks.task({ name: 'station.write', maxRetries: 0 }, async ([name, readings]: Station) => {
    const path = stationFile(outFolder, name)
    await writeFile(path, stationText(readings))
    return path
  })
  const removing = tasks.task({ name: 'station.remove' }, async (path: string, [name]: Station) => {
    await rm(path)
    takenBack.push(name)
  })
  const flow = workflow(
    'station export',
    (w, input: { readonly stations: readonly Station[] }) =>
      // one at a time, so that the order in which they complete is that of the list
      w.map(input.stations, writing, { concurrency: 1, compensate: removing }),
    options,
  )
  return { flow, takenBack, writing, removing }
}

export function stationFile(outFolder: string, name: string): string {
  return join(outFolder, `station-${name}.csv`)
}

export function stationText(readings: readonly number[]): string {
  return `temperature_c\n${readings.join('\n')}\n`
}
