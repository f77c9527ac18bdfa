// The rows of the closing table, from tasks that really ran.
import { createTasks } from '@catzilla/api'
import { expect, it } from 'vitest'
import { closingReport, formatDuration, shutdownLine } from '../src/closing-report.ts'
import { Ledger } from '../src/ledger.ts'

it('enters tasks by their statistics, and many as one', async () => {
  const tasks = createTasks({ engine: 'typescript' })
  const ledger = new Ledger()
  let failuresLeft = 1
  const flaky = tasks.task({ name: 'flaky', priority: 'high', retryBackoff: 'none' }, () => {
    if (failuresLeft-- > 0) throw new Error('not yet')
  })
  const double = tasks.task({ name: 'double' }, (value: number) => value * 2)

  const first = flaky.delay()
  await first.wait()
  ledger.enter(first, 'in the end')
  const batch = double.batch([[1], [2], [3]])
  await batch.wait()
  ledger.enterTogether(batch.results, 'doubled')
  ledger.enterTogether([], 'nothing')
  const never = double.with({ delayMs: 60_000 }).delay(1)
  never.cancel()
  ledger.enter(never, 'never')
  await tasks.shutdown()

  expect(ledger.rows).toMatchObject([
    { task: 'flaky', priority: 1, attempts: 2, status: 'completed', says: 'in the end', engine: 'typescript' },
    { task: 'double ×3', priority: 2, attempts: 3, status: 'completed', says: 'doubled' },
    { task: 'double', attempts: 0, runMs: 0, status: 'cancelled', says: 'never' },
  ])
  const report = closingReport(tasks, ledger.rows)
  expect(report).toMatch(/^flaky +high +inline +typescript +2 .+ completed +in the end$/m)
  expect(report).toContain('5 submitted, 4 completed, 0 failed, 1 cancelled, 1 retries')
  expect(report).toContain('Engine:  typescript (the engine option is "typescript")')
})

it.each([
  [0, '0.00 ms'],
  [9.994, '9.99 ms'],
  [10, '10 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [61_234, '61.23 s'],
])('shows %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

it('tells how the shutdown went', () => {
  const report = { completed: 3, cancelled: 2, requeued: 1, abandoned: [] }
  expect(shutdownLine(report)).toBe('shutdown: 3 completed, 2 cancelled, 1 requeued, 0 abandoned')
})
