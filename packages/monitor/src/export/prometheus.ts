// The metrics as Prometheus reads them, through prom-client, which is loaded when the first text is asked for.
import type { DurationRecord, EngineMeasurements, Monitor } from '@catzilla/engine'
import type * as PromClient from 'prom-client'
import { SpacedOut } from '../spaced-out.ts'
import { histogramTable, metricTable } from './metric-table.ts'
import type { HistogramRow, MetricFigures } from './metric-table.ts'

const texts = new WeakMap<Monitor, SpacedOut<Promise<string>>>()
/** Nobody scrapes more often than once a second; the text costs about three times what the figures do. */
const OLD_MS = 250

/**
 * All metrics in the text format of Prometheus; serve it as `text/plain; version=0.0.4`. When it is asked for all the time, the
 * latest is given again, so that making it takes about 1 % of the processor time of the process.
 */
export async function prometheusText(monitor: Monitor): Promise<string> {
  const known = texts.get(monitor)
  if (known !== undefined) return known.get()
  const client = await import('prom-client')
  // two may have come before it was there
  const text = texts.get(monitor) ?? new SpacedOut(() => textOf(client, monitor), { oldMs: OLD_MS })
  texts.set(monitor, text)
  return text.get()
}

function textOf(client: typeof PromClient, monitor: Monitor): Promise<string> {
  const registry = new client.Registry()
  const stats = monitor.engine.snapshot()
  const { healthy, ready } = monitor.health()
  addSingles(client, registry, { stats, groups: monitor.getStats(), healthy, ready })
  const found = monitor.engine.measurements?.()
  if (found !== undefined) for (const row of histogramTable) registry.registerMetric(exported(client, row, found))
  return registry.metrics()
}

function addSingles(client: typeof PromClient, registry: PromClient.Registry, figures: MetricFigures): void {
  for (const { name, help, kind, labels, values } of metricTable) {
    const settings = { name, help, labelNames: [...labels], registers: [registry] }
    if (kind === 'gauge') {
      const gauge = new client.Gauge(settings)
      for (const { labels: of, value } of values(figures)) gauge.set(of, value)
    } else {
      const counter = new client.Counter(settings)
      for (const { labels: of, value } of values(figures)) counter.inc(of, value)
    }
  }
}

type Sample = PromClient.MetricValueWithName<string>

/**
 * The engine has counted already: the values come from its histograms and not from observations. A registry asks a gauge for no
 * more than `get`, which is public, where the histogram of prom-client has a way of its own into the text.
 */
function exported(client: typeof PromClient, row: HistogramRow, found: EngineMeasurements): PromClient.Gauge {
  const values = recordsOf(row, found).flatMap(([label, record]) => samplesOf(row, label, record))
  const settings = { name: row.name, help: row.help, labelNames: [row.label], registers: [] }
  const described = new client.Histogram(settings)
  class Exported extends client.Gauge {
    override async get(): Promise<PromClient.MetricObjectWithValues<Sample>> {
      return { ...(await described.get()), values }
    }
  }
  return new Exported(settings)
}

const classNames = ['critical', 'high', 'normal', 'low'] as const

function recordsOf({ label, which }: HistogramRow, found: EngineMeasurements): [string, DurationRecord][] {
  if (label === 'name') return [...found.names].map(([name, measured]) => [name, measured[which]])
  return classNames.map((name, index) => [name, (found.priorities[index] ?? found.priorities[0])[which]])
}

function samplesOf({ name, label, bounds }: HistogramRow, labelled: string, record: DurationRecord): Sample[] {
  const own = { [label]: labelled }
  const counts = record.upTo(bounds.map((seconds) => seconds * 1000))
  const { count, meanMs } = record.total()
  return [
    ...bounds.map((le, index): Sample => {
      return { metricName: `${name}_bucket`, labels: { ...own, le }, value: counts[index] ?? 0 }
    }),
    { metricName: `${name}_bucket`, labels: { ...own, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels: own, value: (meanMs * count) / 1000 },
    { metricName: `${name}_count`, labels: own, value: count },
  ]
}
