// Settings of every property test: CATZILLA_SEED repeats a run; fast-check prints seed and path of a failure by itself.
import type { Parameters } from 'fast-check'

const asked = process.env['CATZILLA_SEED']

if (asked !== undefined) console.info(`CATZILLA_SEED=${asked}`)

/** `fc.assert(property, { ...seeded, numRuns: 1000 })` */
export const seeded: Parameters<unknown> = asked === undefined ? {} : { seed: Number(asked) }
