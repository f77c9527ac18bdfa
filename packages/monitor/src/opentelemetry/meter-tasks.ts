// The metrics through the API of OpenTelemetry: observed when the SDK collects, all from one look at the monitor.
import type { Distribution, Monitor } from '@catzilla/engine'
import { metrics } from '@opentelemetry/api'
import type { BatchObservableResult, MeterProvider, Observable } from '@opentelemetry/api'
import { metricTable } from '../export/metric-table.ts'
import type { MetricRow } from '../export/metric-table.ts'

export interface MeterOptions {
  /** The one that is registered globally, by default. */
  readonly meterProvider?: MeterProvider
}

const METER = '@catzilla/monitor'
const units = { _seconds: 's', _bytes: 'By', _ratio: '1' } as const
const quantiles = [
  ['0.5', 'p50Ms'],
  ['0.95', 'p95Ms'],
  ['0.99', 'p99Ms'],
  ['1', 'maxMs'],
] as const satisfies readonly (readonly [string, keyof Distribution])[]

/**
 * Exports the metrics of a monitor until the returned function is called. Names are those of the Prometheus text with `catzilla.`
 * in front and without unit; waits and run times by class are gauges with the attribute `quantile`, over the sliding window.
 */
export function meterTasks(monitor: Monitor, { meterProvider = metrics }: MeterOptions = {}): () => void {
  const meter = meterProvider.getMeter(METER)
  const instruments = metricTable.map((row): [MetricRow, Observable] => {
    const { name, unit } = named(row.name)
    const options = { description: row.help, ...(unit === undefined ? {} : { unit }) }
    return [
      row,
      row.kind === 'counter'
        ? meter.createObservableCounter(name, options)
        : meter.createObservableGauge(name, options),
    ]
  })
  const durations = {
    wait: meter.createObservableGauge('catzilla.task.wait', { unit: 's', description: 'Waits of late, by class.' }),
    execution: meter.createObservableGauge('catzilla.task.execution', {
      unit: 's',
      description: 'Run times of late, by class.',
    }),
  }
  const observe = (result: BatchObservableResult): void => {
    const groups = monitor.getStats()
    const figures = { stats: monitor.engine.snapshot(), groups, ...monitor.health() }
    for (const [row, instrument] of instruments) {
      for (const { labels, value } of row.values(figures)) result.observe(instrument, value, labels)
    }
    for (const [priority, { recentWait, execution }] of Object.entries(groups.priorities)) {
      observeQuantiles(result, durations.wait, priority, recentWait)
      observeQuantiles(result, durations.execution, priority, execution.recent)
    }
  }
  const observed = [...instruments.map(([, instrument]) => instrument), durations.wait, durations.execution]
  meter.addBatchObservableCallback(observe, observed)
  return () => meter.removeBatchObservableCallback(observe, observed)
}

function observeQuantiles(
  result: BatchObservableResult,
  instrument: Observable,
  priority: string,
  found: Distribution,
): void {
  if (found.count === 0) return
  for (const [quantile, key] of quantiles) result.observe(instrument, found[key] / 1000, { priority, quantile })
}

function named(prometheusName: string): { name: string; unit: string | undefined } {
  const plain = prometheusName.replace(/^catzilla_/, '').replace(/_total$/, '')
  const suffix = (Object.keys(units) as (keyof typeof units)[]).find((each) => plain.endsWith(each))
  if (suffix === undefined) return { name: `catzilla.${plain}`, unit: undefined }
  return { name: `catzilla.${plain.slice(0, -suffix.length)}`, unit: units[suffix] }
}
