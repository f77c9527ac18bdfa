// Three packages as people wrote them: what compiles of them does what V8 does.
import { expect, it } from 'vitest'
import { realPackages } from '../fuzz/real-world/functions.ts'
import { survey } from '../fuzz/real-world/survey.ts'
import { describeRun } from './exact.ts'

/** As many functions as compile today. One fewer wants a reason. */
const least: Readonly<Record<string, number>> = { eases: 31, 'gl-matrix': 296, 'simple-statistics': 65 }

describeRun('functions of packages', () => {
  it.each(Object.entries(realPackages))('%s', (name, functions) => {
    const { eligible, failures } = survey(functions(), 12)
    expect(failures).toEqual([])
    expect(eligible.length).toBeGreaterThanOrEqual(least[name] ?? 0)
  })
})
