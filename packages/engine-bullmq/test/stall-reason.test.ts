// Who is named as having lost a task.
import { describe, expect, it } from 'vitest'
import { stallReason } from '../src/engine/stall-reason.ts'

const lockMs = 1000
const lostBy = 100_000

describe('a task whose worker is gone', () => {
  it.each([
    [
      'names who began it',
      { processedBy: 'w1', processedOn: lostBy - lockMs },
      /^worker w1 had not renewed .* 1000 ms/,
    ],
    ['has a worker without a name', { processedOn: lostBy - lockMs }, /^worker \(unnamed\) had/],
    ['is gone from the broker', undefined, /^worker \(unnamed\) had/],
    [
      'does not put it down to who has taken it since',
      { processedBy: 'w2', processedOn: lostBy + 1 },
      /^its worker \(before worker w2, which has it now\) had/,
    ],
    ['nor does it where the clock there is behind', { processedBy: 'w2', processedOn: lostBy - 400 }, /^its worker /],
  ])('%s', (_title, job, reason) => {
    expect(stallReason(job, lostBy, lockMs)).toMatch(reason)
  })
})
