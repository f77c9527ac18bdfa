// Lines over the last minutes. The legend holds the latest figures, and its colours are those of the lines.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { theme } from './theme-button.tsx'

export interface Line {
  readonly label: string
  /** A class that sets the colour. */
  readonly colour: string
  /** Null where there was nothing to measure. */
  readonly values: readonly (number | null)[]
}

interface Props {
  readonly title: string
  /** Epoch milliseconds of the values. */
  readonly at: readonly number[]
  readonly lines: readonly Line[]
  readonly write: (value: number) => string
  readonly filled?: boolean
}

const HEIGHT = 150

export function Chart({ title, at, lines, write, filled = false }: Props): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const legend = useRef<HTMLUListElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const latest = useRef(write)
  latest.current = write
  const kinds = lines.map(({ label }) => label).join()
  const data = [at.map((ms) => ms / 1000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData
  useEffect(() => {
    const { current: element } = host
    if (element === null) return undefined
    const colours = [...(legend.current?.children ?? [])].map((item) => getComputedStyle(item).color)
    const options = optionsOf(element, colours, lines, filled, (value) => latest.current(value))
    const made = (plot.current = new uPlot(options, data, element))
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }))
    sizes.observe(element)
    return () => {
      sizes.disconnect()
      made.destroy()
    }
  }, [kinds, theme.value])
  useEffect(() => plot.current?.setData(data), [at])
  const now = ({ values }: Line): string => {
    const value = values.at(-1) ?? null
    return value === null ? '–' : write(value)
  }
  const figures = lines.map((line) => `${line.label} ${now(line)}`)
  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        <ul ref={legend}>
          {lines.map((line) => (
            <li class={line.colour}>
              <span class="legend-label">{line.label}</span> <b>{now(line)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={host} class="plot" role="img" aria-label={`${title}, now: ${figures.join(', ')}`} />
    </figure>
  )
}

function optionsOf(
  element: HTMLElement,
  colours: readonly string[],
  lines: readonly Line[],
  filled: boolean,
  write: (value: number) => string,
): uPlot.Options {
  const { color } = getComputedStyle(element)
  const grid = { stroke: translucent(color, 0.14), width: 1 }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { setScale: false } },
    padding: [8, 4, 0, 0],
    scales: {
      x: { range: (made) => latestMinutes(made.data[0]) },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      { stroke: color, grid: { show: false }, ticks: { show: false }, font: axisFont, size: 22, space: 80 },
      {
        stroke: color,
        grid,
        ticks: { show: false },
        font: axisFont,
        size: 56,
        space: 34,
        values: (_, splits) => splits.map((value) => write(value)),
      },
    ],
    series: [
      {},
      ...lines.map(({ label }, index): uPlot.Series => {
        const stroke = colours[index] ?? color
        return {
          label,
          stroke,
          width: 1.5,
          // of one value alone there is no line
          points: { show: (plot) => plot.data[0].length === 1, size: 5 },
          ...(filled ? { fill: translucent(stroke, 0.12) } : {}),
        }
      }),
    ],
  }
}

/** A minute at least, so that the first points are no line from edge to edge. */
function latestMinutes(at: ArrayLike<number>): [number, number] {
  const end = at[at.length - 1] ?? Date.now() / 1000
  return [Math.min(at[0] ?? end, end - 60), end]
}

const axisFont = '11px system-ui, sans-serif'

function translucent(colour: string, alpha: number): string {
  const found = /^rgba?\((\d+), (\d+), (\d+)/.exec(colour)
  return found === null ? colour : `rgba(${found[1]}, ${found[2]}, ${found[3]}, ${alpha})`
}
