// The raw data of the pipeline: lines of temperature readings, of which some are unusable.
import { NonRetryableError } from '@catzilla/api'

/** Readings that can be worked with, in °C, by station; the stations in the order of their names. */
export interface ProcessedReadings {
  readonly dataId: number
  readonly processedAt: string
  /** Lines without a temperature, or with the mark of a broken sensor. */
  readonly rejected: number
  readonly byStation: Readonly<Record<string, readonly number[]>>
}

const header = 'taken_at,station,temperature_c'
const brokenSensor = -999

/** Reads raw lines. @throws NonRetryableError when they are no readings: another attempt would not mend that */
export function processReadings(dataId: number, csv: string, processedAt: Date): ProcessedReadings {
  const [first, ...lines] = csv.trimEnd().split('\n')
  if (first !== header) throw new NonRetryableError(`data ${dataId}: the first line must be "${header}"`)
  const byStation = new Map<string, number[]>()
  let rejected = 0
  lines.forEach((line, index) => {
    const fields = line.split(',')
    const [, station, reading] = fields
    if (fields.length !== 3 || station === undefined || reading === undefined || Number.isNaN(Number(reading))) {
      throw new NonRetryableError(`data ${dataId}, line ${index + 2}: not a reading: "${line}"`)
    }
    if (reading === '' || Number(reading) === brokenSensor) {
      rejected++
      return
    }
    const readings = byStation.get(station) ?? []
    readings.push(Number(reading))
    byStation.set(station, readings)
  })
  const stations = [...byStation].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return { dataId, processedAt: processedAt.toISOString(), rejected, byStation: Object.fromEntries(stations) }
}
