// A step and a line of the graph, as SVG.
import type { JSX } from 'preact'
import type { StepLine } from '../server/workflow-answers.ts'
import type { Box, DrawnPath } from './drawn-layout.ts'
import { itemsRatio, progressOf, signOf } from './step-words.ts'

interface StepProps {
  readonly step: StepLine
  readonly box: Box
  readonly now: number
  /** Too small for words. */
  readonly isSmall: boolean
  readonly isChosen: boolean
  readonly isCritical: boolean
  /** The one that the tabulator key leads to. */
  readonly isFocus: boolean
  readonly choose: (id: string) => void
}

export function DrawnStep(props: StepProps): JSX.Element {
  const { step, box, now, isSmall, isChosen, isCritical, isFocus, choose } = props
  const { id, status } = step
  const state = [status, progressOf(step, now)].filter((part) => part !== '').join(' · ')
  const byKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    choose(id)
  }
  return (
    <g
      class={`drawn-step s-${status} ${isChosen ? 'chosen' : ''} ${isCritical ? 'critical' : ''} ${isSmall ? 'small' : ''}`}
      transform={`translate(${box.x} ${box.y})`}
      role="button"
      tabindex={isFocus ? 0 : -1}
      aria-pressed={isChosen}
      aria-label={isSmall ? `${id} ${state}` : undefined}
      aria-description={isCritical ? 'on the critical path' : undefined}
      onClick={() => choose(id)}
      onKeyDown={byKey}
    >
      <title>{`${id}: ${status}`}</title>
      <rect width={box.width} height={box.height} rx={7} />
      <Filled box={box} ratio={itemsRatio(step)} />
      {isSmall ? (
        <text class="large-sign" x={box.width / 2} y={box.height / 2 + 10} text-anchor="middle" aria-hidden="true">
          {signOf(status)}
        </text>
      ) : (
        <>
          <text class="sign" x={12} y={box.height / 2 + 5} aria-hidden="true">
            {signOf(status)}
          </text>
          <text class="step-id" x={32} y={19}>
            {`${cut(id, 24)} `}
          </text>
          <text class="step-state" x={32} y={36}>
            {cut(state, 27)}
          </text>
        </>
      )}
    </g>
  )
}

/** How far the list of a step is, at its lower edge. */
function Filled({ box, ratio }: { readonly box: Box; readonly ratio: number | undefined }): JSX.Element | null {
  if (ratio === undefined) return null
  return (
    <rect class="filled" x={2} y={box.height - 5} width={Math.max(0, (box.width - 4) * ratio)} height={3} rx={1.5} />
  )
}

interface LineProps {
  readonly line: DrawnPath
  readonly isCritical: boolean
  readonly isDone: boolean
}

export function DrawnLine({ line, isCritical, isDone }: LineProps): JSX.Element {
  return <path class={`drawn-line ${isDone ? 'done' : ''} ${isCritical ? 'critical' : ''}`} d={line.d} />
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
