// The graph of a run. Only what is in sight is drawn, so a thousand steps move as smoothly as ten. From step to step lead the
// arrow keys, along the lines and from one to the next of a layer.
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import type { StepLine } from '../server/workflow-answers.ts'
import { DrawnLine, DrawnStep } from './drawn.tsx'
import { NARROW, drawnLayout } from './drawn-layout.ts'
import type { Box, DrawnLayout } from './drawn-layout.ts'
import { bounded, useView } from './viewport.ts'

interface Props {
  readonly steps: readonly StepLine[]
  readonly chosen: string | undefined
  readonly choose: (id: string) => void
  /** Ids of the steps on which the duration of the run hung, one behind the other. */
  readonly critical: readonly string[]
  /** Of the clock of the server. */
  readonly now: number
}

/** Pixels around the drawing. */
const EDGE = 20
/** Of the bar to scroll sideways. */
const BAR = 16

export function RunGraph({ steps, chosen, choose, critical, now }: Props): JSX.Element {
  const { port, view } = useView()
  const down = view.width < NARROW
  const shape = steps.map(({ id, needs }) => `${id}\n${needs.join('\t')}`).join('\n\n')
  const layout = useMemo(() => drawnLayout(steps, down), [shape, down])
  const [scale, setScale] = useState<number | undefined>(undefined)
  const most = Math.min(520, Math.max(240, innerHeight * 0.46))
  const fit = bounded(Math.min(1, (view.width - 2 * EDGE) / layout.width, (most - 2 * EDGE) / layout.height))
  // what fits without becoming too small to read is shown whole
  const shown = scale ?? (fit >= 0.6 ? fit : 1)
  const whole = { width: layout.width * shown + 2 * EDGE, height: layout.height * shown + 2 * EDGE }
  const spare = { x: Math.max(0, view.width - whole.width) / 2, y: Math.max(0, view.height - whole.height) / 2 }
  const reveal = (id: string, smooth: boolean): void => {
    const box = layout.boxes.get(id)
    if (box === undefined || port.current === null) return
    port.current.scrollTo({
      left: (box.x + box.width / 2) * shown + EDGE - view.width / 2,
      top: (box.y + box.height / 2) * shown + EDGE - view.height / 2,
      behavior: smooth ? 'smooth' : 'auto',
    })
  }
  const first = chosen ?? steps.find(({ status }) => status === 'failed' || status === 'running')?.id
  // where something happens comes into sight when the drawing or its size changes
  useLayoutEffect(() => {
    if (first !== undefined) reveal(first, false)
  }, [layout, shown, view.width === 800])
  const move = useArrows(layout, chosen ?? steps[0]?.id, (id) => {
    choose(id)
    reveal(id, true)
  })
  const inSight = sight(view, spare, shown)
  const byId = new Map(steps.map((step) => [step.id, step]))
  const transform = `translate(${EDGE + spare.x - view.left} ${EDGE + spare.y - view.top}) scale(${shown})`
  return (
    <>
      <div class="graph-tools buttons">
        <button type="button" class="small" onClick={() => setScale(bounded(shown / 1.35))} aria-label="Smaller">
          −
        </button>
        <button type="button" class="small" onClick={() => setScale(bounded(shown * 1.35))} aria-label="Larger">
          +
        </button>
        <button type="button" class="small" onClick={() => setScale(fit)}>
          Fit
        </button>
        <span class="muted" aria-live="polite">
          {Math.round(shown * 100)} %
        </span>
      </div>
      <div
        class="graph"
        style={{ height: `${Math.min(most, whole.height + BAR)}px` }}
        ref={port}
        role="region"
        aria-label="Graph of the steps"
        tabIndex={-1}
      >
        <div style={{ width: `${whole.width}px`, height: `${whole.height}px` }}>
          <svg
            width={view.width}
            height={view.height}
            role="group"
            aria-label="Steps; arrow keys lead from one to the next"
            onKeyDown={move}
          >
            <g transform={transform}>
              {layout.lines
                .filter((line) => meets(line.box, inSight))
                .map((line) => (
                  <DrawnLine
                    key={`${line.from}\n${line.to}`}
                    line={line}
                    isCritical={critical.includes(line.from) && critical[critical.indexOf(line.from) + 1] === line.to}
                    isDone={byId.get(line.from)?.status === 'completed'}
                  />
                ))}
              {steps.map((step) => {
                const box = layout.boxes.get(step.id)
                const isFocus = step.id === (chosen ?? steps[0]?.id)
                if (box === undefined || !(isFocus || meets(box, inSight))) return null
                return (
                  <DrawnStep
                    key={step.id}
                    step={step}
                    box={box}
                    now={now}
                    isSmall={shown < 0.45}
                    isChosen={step.id === chosen}
                    isCritical={critical.includes(step.id)}
                    isFocus={isFocus}
                    choose={choose}
                  />
                )
              })}
            </g>
          </svg>
        </div>
      </div>
    </>
  )
}

/** What of the drawing is in sight, in its own pixels. */
function sight(
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
  spare: { readonly x: number; readonly y: number },
  scale: number,
): Box {
  return {
    x: (left - EDGE - spare.x) / scale,
    y: (top - EDGE - spare.y) / scale,
    width: width / scale,
    height: height / scale,
  }
}

function meets(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/** Arrow keys, as the layers lie on the screen. */
function useArrows(layout: DrawnLayout, from: string | undefined, to: (id: string) => void) {
  const [moved, setMoved] = useState<string | undefined>(undefined)
  useEffect(() => {
    if (moved === undefined) return
    document.querySelector<SVGGElement>('.graph g[tabindex="0"]')?.focus({ preventScroll: true })
  }, [moved])
  return (event: KeyboardEvent): void => {
    const next = from === undefined ? undefined : layout.next(from, event.key)
    if (next === undefined) return
    event.preventDefault()
    to(next)
    setMoved(next)
  }
}
