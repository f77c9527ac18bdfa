// The four classes: who waits, how long, and how often longer than the class aims at.
import type { JSX } from 'preact'
import { hrefOf } from '../place.ts'
import { priorities } from '../server/answers.ts'
import type { MonitorStatistics } from '../server/answers.ts'
import { count, duration, measured, percent } from '../wording.ts'
import { ClassName, Meter } from './badge.tsx'
import { Table } from './table.tsx'

export function ClassTable({ priorities: classes }: Pick<MonitorStatistics, 'priorities'>): JSX.Element {
  return (
    <Table
      label="Classes"
      columns={[
        'Class',
        'Waiting',
        'Oldest',
        'Target',
        'Wait p50',
        'p95',
        'p99',
        'Longest',
        'Run p95',
        'Started',
        'Later than target',
      ]}
    >
      {priorities.map((name) => {
        const { queued, oldestAgeMs, targetMs, recentWait, wait, breaches, execution } = classes[name]
        const share = wait.count === 0 ? 0 : breaches / wait.count
        const late = (ms: number): string => (ms > targetMs ? 'late' : '')
        return (
          <tr>
            <th scope="row">
              <ClassName name={name} />
            </th>
            <td>
              <a href={hrefOf(['tasks'], { status: 'pending', priority: name })}>{count(queued)}</a>
            </td>
            <td class={late(oldestAgeMs)}>{queued === 0 ? '–' : duration(oldestAgeMs)}</td>
            <td class="muted">{duration(targetMs)}</td>
            <td class={late(recentWait.p50Ms)}>{measured(recentWait, 'p50Ms')}</td>
            <td class={late(recentWait.p95Ms)}>{measured(recentWait, 'p95Ms')}</td>
            <td class={late(recentWait.p99Ms)}>{measured(recentWait, 'p99Ms')}</td>
            <td class={late(recentWait.maxMs)}>{measured(recentWait, 'maxMs')}</td>
            <td>{measured(execution.recent, 'p95Ms')}</td>
            <td>{count(wait.count)}</td>
            <td>
              {count(breaches)} <span class="muted">({percent(share)})</span>
              <Meter ratio={share} bad={share > 0.05} label={`${percent(share)} later than the target`} />
            </td>
          </tr>
        )
      })}
    </Table>
  )
}
