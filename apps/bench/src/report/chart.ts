// A comparison as SVG, drawn by Vega: a panel for each measure, with a dot for a median and a line from the least sample to
// the greatest; or, where the measures lie on an axis, a line for each contender.
import type { TopLevelSpec } from 'vega-lite'
import type { ComparisonResult, MeasureResult, Row } from '../comparison/result.ts'
import { formatFigure } from '../section.ts'

/** Undefined when nobody has anything to show. */
export async function chartOf(comparison: ComparisonResult): Promise<string | undefined> {
  const measures = comparison.measures.filter(({ rows }) => rows.length > 0)
  if (measures.length === 0) return undefined
  const spec = comparison.axis === undefined ? panels(measures) : lines(measures, comparison.axis)
  // loaded here, so that only a run that is published pays for it
  const [vega, lite] = await Promise.all([import('vega'), import('vega-lite')])
  const view = new vega.View(vega.parse(lite.compile(spec).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return `${svg}\n`
}

const schema = 'https://vega.github.io/schema/vega-lite/v6.json'
const colors = { domain: ['ours', 'peer', 'bare'], range: ['#0b7a75', '#d1495b', '#8a8d91'] }
const config = {
  background: '#ffffff',
  font: 'sans-serif',
  view: { stroke: null },
  axis: { grid: true, gridColor: '#eceff1', domain: false },
} as const

/** Least positive value that a logarithmic axis shows. */
const LEAST = 1e-3

function panels(measures: readonly MeasureResult[]): TopLevelSpec {
  return {
    $schema: schema,
    config,
    padding: 12,
    vconcat: measures.map((measure) => panelOf(measure)),
    resolve: { scale: { x: 'independent', y: 'independent', color: 'shared' } },
  }
}

function panelOf({ title, unit, better, rows }: MeasureResult): Panel {
  const names = rows.map(({ contender }) => contender)
  const y = { field: 'contender', type: 'nominal', sort: names, title: null, axis: { grid: false } } as const
  const scale = { type: 'log', nice: false, padding: 12 } as const
  const axis = {
    title: `${unit} (${better === 'more' ? 'more' : 'less'} is better), logarithmic`,
    format: '~s',
    tickCount: 6,
  } as const
  const color = { field: 'group', type: 'nominal', scale: colors, title: null, legend: { orient: 'bottom' } } as const
  return {
    title: { text: title, anchor: 'start' },
    width: 460,
    height: { step: 18 },
    data: { values: rows.map(valuesOf) },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, opacity: 0.5 },
        encoding: { y, x: { field: 'min', type: 'quantitative', scale, axis }, x2: { field: 'max' }, color },
      },
      {
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { y, x: { field: 'median', type: 'quantitative', scale, axis }, color },
      },
      {
        mark: { type: 'text', align: 'left', dx: 8, dy: -6, fontSize: 9 },
        encoding: { y, x: { field: 'median', type: 'quantitative', scale, axis }, text: { field: 'label' } },
      },
    ],
  }
}

type Panel = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number]

function valuesOf(row: Row): Record<string, string | number> {
  const { contender, group, median, min, max } = row
  const shown = { median: Math.max(median, LEAST), min: Math.max(min, LEAST), max: Math.max(max, LEAST) }
  return { contender, group, ...shown, label: formatFigure(median) }
}

function lines(measures: readonly MeasureResult[], axis: string): TopLevelSpec {
  const values = measures.flatMap(({ rows, x = 0 }) => rows.map((row) => ({ ...valuesOf(row), x })))
  const [first] = measures
  return {
    $schema: schema,
    config,
    padding: 12,
    title: { text: 'solid: ours; dashed: others; dotted: bare baselines', anchor: 'start', fontWeight: 'normal' },
    width: 460,
    height: 320,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { title: axis, format: '~s', tickCount: 4 },
      },
      y: {
        field: 'median',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { title: `${first?.unit ?? ''} (${first?.better ?? 'less'} is better), logarithmic`, format: '~s' },
      },
      color: { field: 'contender', type: 'nominal', title: null, scale: { scheme: 'category20' } },
      strokeDash: {
        field: 'group',
        type: 'nominal',
        legend: null,
        scale: {
          domain: colors.domain,
          range: [
            [1, 0],
            [6, 3],
            [2, 2],
          ],
        },
      },
    },
  }
}
