// The exported text against its own conventions, promtool where there is one, and the dashboard and rules that name its metrics.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { prometheusText } from '@catzilla/monitor'
import { beforeAll, describe, expect, test } from 'vitest'
import { callOf, startEngine, watch } from './engines.ts'

let text = ''

beforeAll(async () => {
  const engine = await startEngine('typescript')
  const monitor = watch(engine)
  await engine
    .submit(
      callOf('a "quoted" \\ name\nof two lines', () => 1, { priority: 'low' }),
      [],
    )
    .wait()
  text = await prometheusText(monitor)
})

interface Family {
  readonly name: string
  readonly type: string
}

function families(): Family[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }))
}

/** What a scrape knows: of a histogram its three series. */
function seriesNames(): Set<string> {
  return new Set(
    families().flatMap(({ name, type }) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}

function shipped(file: string): string {
  return readFileSync(new URL(`../grafana/${file}`, import.meta.url), 'utf8')
}

test('names have a unit or a total where they ought to, and a line of help', () => {
  expect(families().length).toBeGreaterThan(30)
  for (const { name, type } of families()) {
    expect(name).toMatch(/^catzilla_[a-z0-9_]+$/)
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
    // base units only
    expect(name).not.toMatch(/_(ms|milliseconds|mb|kb|percent|minutes)(_|$)/)
    expect([name, type === 'histogram' && !name.endsWith('_seconds')]).toEqual([name, false])
    expect(text).toMatch(new RegExp(`^# HELP ${name} .+$`, 'm'))
  }
})

test('buckets ascend, and the last is the count', () => {
  for (const { name } of families().filter(({ type }) => type === 'histogram')) {
    const buckets = [...text.matchAll(new RegExp(`^${name}_bucket{(.*),le="(.*)"} (\\d+)$`, 'gm'))]
    expect(buckets.length).toBeGreaterThan(0)
    const labels = new Set(buckets.map(([, label = '']) => label))
    for (const label of labels) {
      const counts = buckets.filter((each) => each[1] === label).map((each) => Number(each[3]))
      expect(counts).toEqual(counts.toSorted((a, b) => a - b))
      expect(text).toContain(`${name}_count{${label}} ${counts.at(-1)}`)
    }
  }
})

test('names of tasks are escaped, and their number is bounded', async () => {
  expect(text).toContain('name="a \\"quoted\\" \\\\ name\\nof two lines"')
  const engine = await startEngine('typescript')
  const monitor = watch(engine)
  await Promise.all(
    Array.from({ length: 300 }, (_, n) =>
      engine
        .submit(
          callOf(`name-${n}`, () => 1),
          [],
        )
        .wait(),
    ),
  )
  const many = await prometheusText(monitor)
  const names = new Set(
    [...many.matchAll(/^catzilla_name_tasks_submitted_total{name="(.*)"}/gm)].map(([, name]) => name),
  )
  expect(names.size).toBeLessThanOrEqual(201)
  expect(names.has('(other)')).toBe(true)
})

describe.each(['catzilla.dashboard.json', 'catzilla.alerts.yaml'])('%s', (file) => {
  test('names only metrics that are exported', () => {
    const known = seriesNames()
    const named = [...new Set(shipped(file).match(/\bcatzilla_[a-z0-9_]+/g))]
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})

test('the dashboard is one of Grafana, whose panels do not overlap', () => {
  const { panels, templating } = JSON.parse(shipped('catzilla.dashboard.json')) as {
    panels: {
      id: number
      title: string
      targets: { expr: string }[]
      gridPos: { x: number; y: number; w: number; h: number }
    }[]
    templating: { list: { name: string }[] }
  }
  expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job'])
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  for (const { targets } of panels) for (const { expr } of targets) expect(balanced(expr)).toBe(true)
})

function balanced(expr: string): boolean {
  let depth = 0
  for (const sign of expr) depth += '({['.includes(sign) ? 1 : ')}]'.includes(sign) ? -1 : 0
  return depth === 0
}

const promtool = spawnSync('promtool', ['--version']).status === 0

test.skipIf(!promtool)('promtool finds nothing to say (skipped where it is not installed)', () => {
  const metrics = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  expect(metrics.stderr + metrics.stdout).toBe('')
  expect(metrics.status).toBe(0)
  // by its path: older ones read no rules from their input
  const rules = fileURLToPath(new URL('../grafana/catzilla.alerts.yaml', import.meta.url))
  const checked = spawnSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' })
  expect([checked.status, checked.stderr]).toEqual([0, ''])
  expect(checked.stdout).toMatch(/SUCCESS: \d+ rules found/)
})
