// Writes the data set of the demo to standard output: `node data/generate-readings.mjs > data/readings.csv`.
// Six weather stations report the temperature every three hours of March; the seed is fixed, so the text is always the same.

const seed = 20_240_301
const days = 31
const hoursBetweenReadings = 3
const millisecondsPerHour = 3_600_000

/** Mean temperature in °C, swing between night and day, and warming over the month. */
const stations = [
  { name: 'Abisko', mean: -9.5, swing: 4.5, warming: 5 },
  { name: 'Bergen', mean: 3.8, swing: 2.2, warming: 3 },
  { name: 'Cork', mean: 7.1, swing: 3.1, warming: 2 },
  { name: 'Delft', mean: 6.4, swing: 3.9, warming: 3.5 },
  { name: 'Evora', mean: 13.2, swing: 6.8, warming: 2.5 },
  { name: 'Faro', mean: 14.9, swing: 5.2, warming: 2 },
]

const random = randomNumbers(seed)
process.stdout.write(`taken_at,station,temperature_c\n${readings().join('\n')}\n`)

/** One line for each reading, in order of time. */
function readings() {
  const lines = []
  for (let hour = 0; hour < days * 24; hour += hoursBetweenReadings) {
    const takenAt = new Date(Date.UTC(2024, 2, 1) + hour * millisecondsPerHour).toISOString().slice(0, 16)
    for (const station of stations) lines.push(`${takenAt}Z,${station.name},${reading(station, hour)}`)
  }
  return lines
}

/** What the sensor says: mostly a temperature; sometimes nothing, or the -999.0 of one that is broken. */
function reading(station, hour) {
  const luck = random()
  if (luck < 0.012) return ''
  if (luck < 0.018) return '-999.0'
  const timeOfDay = Math.cos(((hour % 24) - 15) * (Math.PI / 12))
  const trend = station.warming * (hour / (days * 24) - 0.5)
  const weather = (random() + random() + random() - 1.5) * 3.5
  return (station.mean + station.swing * timeOfDay + trend + weather).toFixed(1)
}

/** Uniform numbers in [0, 1): the generator mulberry32. */
function randomNumbers(start) {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
