// Killed at random moments under load: nothing that was accepted is lost, and nothing ends twice. `npm run crash` does it 200 times.
import { describe, expect, it } from 'vitest'
import { crashRun } from '../crash/harness.ts'
import { judge } from '../crash/ledger.ts'
import { nativeMissing } from './native-core.ts'

const ROUNDS = Number(process.env['CATZILLA_CRASH_ROUNDS'] ?? 20)
/** A round takes a second or two, and more on a machine that others use too. */
const MS_PER_ROUND = 30_000

describe('a process that is killed', () => {
  it.for(['typescript', 'native'] as const)(
    'loses no accepted task (%s)',
    { timeout: ROUNDS * MS_PER_ROUND },
    async (engine, { skip }) => {
      if (engine === 'native' && nativeMissing !== undefined) return skip(nativeMissing)
      const seed = Number(process.env['CATZILLA_SEED'] ?? Date.now() % 1_000_000)
      console.log(`crash: ${engine}, seed ${seed} (CATZILLA_SEED)`)
      const counts = await crashRun({ engine, rounds: ROUNDS, seed })
      console.log(`crash: ${engine}: ${JSON.stringify(counts)}`)
      expect(counts.rounds).toBe(ROUNDS + 1)
      expect(counts.accepted).toBeGreaterThan(0)
      expect(counts.inOrder).toBeGreaterThan(0)
    },
  )
})

describe('the judge of a ledger', () => {
  const story = ['began 1', 'start x 1', 'accepted x 2', 'end x 1', 'settled x completed', 'began 2']

  it('finds nothing wrong where nothing is', () => {
    const { problems, counts } = judge([...story, 'found x completed 0', 'finished'])
    expect(problems).toEqual([])
    expect(counts).toEqual({ rounds: 2, accepted: 1, settled: 1, rerun: 0, deadLetters: 0, inOrder: 0 })
  })

  it.each([
    ['a lost task', [...story, 'finished'], /x was accepted and is lost/],
    ['a second end', [...story, 'settled x completed', 'found x completed 0', 'finished'], /settled 2 times/],
    ['a start after the end', [...story, 'start x 2', 'found x completed 1', 'finished'], /begun again after its end/],
    ['a process that hangs', [...story, 'found x completed 0'], /did not finish/],
    [
      'an attempt that is not counted',
      ['began 1', 'start x 1', 'accepted x 2', 'began 2', 'start x 1', 'found x completed 1', 'finished'],
      /attempt 1 after attempt 1/,
    ],
    [
      'a run that is not marked',
      ['began 1', 'start x 2', 'accepted x 2', 'began 2', 'start x 3', 'found x completed 0', 'finished'],
      /not marked/,
    ],
    [
      'a later task of a class that begins first',
      ['began 1', 'accepted x 2 plain', 'accepted y 2 plain', 'began 2', 'start y 1', 'start x 1', 'finished'],
      /y was begun before x, which was accepted before it in the same class/,
    ],
    [
      'classes that go before those above them',
      [
        'began 1',
        ...[3, 3, 3, 3, 0].map((priority, n) => `accepted t${n} ${priority} plain`),
        'began 2',
        ...[0, 1, 2, 3, 4].map((n) => `start t${n} 1`),
        'finished',
      ],
      /4 of 5 tasks were begun ahead of a class above theirs/,
    ],
  ])('names %s', (_, lines, problem) => {
    expect(judge(lines).problems.join('; ')).toMatch(problem)
  })
})
