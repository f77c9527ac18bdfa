// How the whole is doing at this moment.
import type { ComponentChildren, JSX } from 'preact'
import { figures, recent } from '../live/figures.ts'
import type { Figures } from '../live/figures.ts'
import { ClassTable } from '../parts/class-table.tsx'
import { Chart } from '../parts/chart.tsx'
import { Meter } from '../parts/badge.tsx'
import { DrainButton } from '../parts/drain-button.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { PauseButton } from '../parts/pause-button.tsx'
import { Loading } from '../parts/states.tsx'
import { hrefOf } from '../place.ts'
import { priorities } from '../server/answers.ts'
import type { ClassReport } from '../server/answers.ts'
import { count, duration, megabytes, percent, rate } from '../wording.ts'

export function Overview(): JSX.Element {
  const now = figures.value
  return (
    <>
      <PageHead title="Overview">
        {now !== undefined && <HealthLine now={now} />}
        <span class="buttons">
          <DrainButton />
          <PauseButton />
        </span>
      </PageHead>
      {now === undefined ? (
        <Loading />
      ) : (
        <>
          <Tiles now={now} />
          <Charts />
          <Panel title="Classes" note="waits of the last minute against the target of each class">
            <ClassTable priorities={now.stats.priorities} />
          </Panel>
        </>
      )}
    </>
  )
}

function HealthLine({ now: { health, flat } }: { readonly now: Figures }): JSX.Element {
  return (
    <p class={`health ${health.healthy ? 'good' : 'bad'}`}>
      <span class="dot" aria-hidden="true" />
      {health.healthy ? 'Healthy' : health.reasons.join(' · ')}{' '}
      <span class="muted">up {duration(Math.floor(flat.uptimeSeconds) * 1000)}</span>
    </p>
  )
}

function Tiles({ now: { stats, flat } }: { readonly now: Figures }): JSX.Element {
  const { lastSecond, lastMinute } = stats.rates
  const { workerMetrics: workers, queueMetrics: queue, performanceMetrics: performance } = stats
  return (
    <div class="tiles">
      <Tile
        label="Completed per second"
        value={rate(lastSecond.completed)}
        href={hrefOf(['tasks'], { status: 'completed' })}
      >
        {rate(lastMinute.completed)} over the minute
      </Tile>
      <Tile label="Running" value={count(flat.runningTasks)} href={hrefOf(['tasks'], { status: 'running' })}>
        {count(workers.activeWorkers)} of {count(workers.totalWorkers)} workers
        <Meter
          ratio={workers.avgWorkerUtilization}
          label={`Workers are ${percent(workers.avgWorkerUtilization)} busy`}
        />
      </Tile>
      <Tile label="Waiting" value={count(flat.totalQueued)} href={hrefOf(['tasks'], { status: waiting })}>
        queue {percent(queue.queuePressure)} full
        <Meter
          ratio={queue.queuePressure}
          bad={queue.queuePressure >= 0.8}
          label={`${percent(queue.queuePressure)} full`}
        />
      </Tile>
      <Tile
        label="Failed"
        value={count(flat.failedTasks)}
        tone={lastMinute.failed > 0 ? 'bad' : ''}
        href={hrefOf(['failures'])}
      >
        {percent(stats.errorMetrics.errorRate)} of all · {rate(lastMinute.failed)}/s now
      </Tile>
      <Tile label="Wait, p95" value={duration(performance.p95WaitTimeMs)}>
        p99 {duration(performance.p99WaitTimeMs)} since the start
      </Tile>
      <Tile label="Run time, p95" value={duration(performance.p95ExecutionTimeMs)}>
        p99 {duration(performance.p99ExecutionTimeMs)} since the start
      </Tile>
      <Tile label="Event loop delay, p99" value={duration(stats.eventLoop.delayP99Ms)}>
        {percent(stats.eventLoop.utilization)} busy
      </Tile>
      <Tile label="Memory" value={megabytes(performance.memoryUsageMb)}>
        {count(flat.retainedTasks)} ended tasks kept
      </Tile>
    </div>
  )
}

const waiting = 'pending,scheduled,retrying'

interface TileProps {
  readonly label: string
  readonly value: string
  readonly tone?: string
  readonly href?: string
  readonly children: ComponentChildren
}

function Tile({ label, value, tone = '', href, children }: TileProps): JSX.Element {
  return (
    <div class={`tile ${tone}`}>
      <span class="tile-label">{href === undefined ? label : <a href={href}>{label}</a>}</span>
      <span class="tile-value">{value}</span>
      <span class="tile-note">{children}</span>
    </div>
  )
}

function Charts(): JSX.Element {
  const all = recent.value
  const at = all.map((one) => one.at)
  const line = (label: string, colour: string, value: (one: Figures) => number | null) => {
    return { label, colour, values: all.map(value) }
  }
  const p95ByClass = (of: (one: ClassReport) => ClassReport['recentWait']) =>
    priorities.map((name) =>
      line(name, `c-${name}`, ({ stats }) => {
        const { count: measured, p95Ms } = of(stats.priorities[name])
        return measured === 0 ? null : p95Ms
      }),
    )
  return (
    <div class="charts">
      <Chart
        title="Tasks per second"
        at={at}
        write={rate}
        filled
        lines={[
          line('submitted', 't-run', ({ stats }) => stats.rates.lastSecond.submitted),
          line('completed', 't-good', ({ stats }) => stats.rates.lastSecond.completed),
          line('failed', 't-bad', ({ stats }) => stats.rates.lastSecond.failed),
        ]}
      />
      <Chart
        title="Waiting and running"
        at={at}
        write={count}
        filled
        lines={[
          line('waiting', 't-warn', ({ flat }) => flat.totalQueued),
          line('running', 't-run', ({ flat }) => flat.runningTasks),
        ]}
      />
      <Chart title="Wait by class, p95" at={at} write={duration} lines={p95ByClass(({ recentWait }) => recentWait)} />
      <Chart
        title="Run time by class, p95"
        at={at}
        write={duration}
        lines={p95ByClass(({ execution }) => execution.recent)}
      />
    </div>
  )
}
