// Where the demo finds its data and leaves its results; the same from `src/` and from the bundle in `dist/`.
import { fileURLToPath } from 'node:url'

/** The data set that ships with the demo. */
export const readingsFile = fileURLToPath(new URL('../data/readings.csv', import.meta.url))

/** Where results go unless the command line says otherwise; git ignores it. */
export const defaultOutFolder = fileURLToPath(new URL('../out', import.meta.url))
