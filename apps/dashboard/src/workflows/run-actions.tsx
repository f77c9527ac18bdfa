// What the reader may do about a run; nothing is shown to those who may not.
import type { JSX } from 'preact'
import { rights } from '../live/rights.ts'
import { propose } from '../parts/confirmation.tsx'
import { go, hrefOf } from '../place.ts'
import { tell } from '../server/request.ts'
import { isUnderWay } from '../server/workflow-answers.ts'
import type { RunLine } from '../server/workflow-answers.ts'

interface Props {
  readonly run: RunLine
  readonly refresh: () => void
}

export function RunActions({ run, refresh }: Props): JSX.Element {
  const { cancel, retry, pause } = rights.value
  const { status } = run
  const held = status === 'paused'
  const mayBeRetried = status === 'failed' || status === 'cancelled' || status === 'timedOut'
  return (
    <>
      {pause && (held || status === 'running') && (
        <button type="button" class={held ? 'primary' : ''} onClick={() => proposeHold(run, !held, refresh)}>
          {held ? 'Resume' : 'Pause'}
        </button>
      )}
      {retry && mayBeRetried && (
        <button type="button" onClick={() => proposeRetry(run)}>
          Retry
        </button>
      )}
      {cancel && isUnderWay(run) && (
        <button type="button" onClick={() => proposeCancel(run, refresh)}>
          Cancel
        </button>
      )}
    </>
  )
}

function pathOf({ runId }: RunLine): string {
  return `/workflows/runs/${encodeURIComponent(runId)}`
}

function proposeHold(run: RunLine, pause: boolean, refresh: () => void): void {
  const { workflow } = run
  propose({
    title: `${pause ? 'Pause' : 'Resume'} this run of ${workflow}?`,
    text: pause ? 'No more of its steps are started; those that run go on.' : 'Its steps are started again.',
    label: pause ? 'Pause' : 'Resume',
    async run() {
      await tell('POST', `${pathOf(run)}/${pause ? 'pause' : 'resume'}`)
      refresh()
      return `${pause ? 'Paused' : 'Resumed'} the run of ${workflow}.`
    },
  })
}

function proposeRetry(run: RunLine): void {
  propose({
    title: `Retry this run of ${run.workflow}?`,
    text: 'A new run does what failed, was undone or did not come about; results of the other steps are kept.',
    label: 'Retry',
    async run() {
      const next = await tell<RunLine>('POST', `${pathOf(run)}/retry`)
      go(hrefOf(['workflows', next.runId]))
      return `Begun again as ${next.runId}.`
    },
  })
}

function proposeCancel(run: RunLine, refresh: () => void): void {
  propose({
    title: `Cancel this run of ${run.workflow}?`,
    text: 'Steps that run are cancelled, and what was done is undone by the steps that compensate it.',
    label: 'Cancel the run',
    danger: true,
    input: { label: 'Reason, kept with the run', initial: '', rows: 1 },
    async run(_, reason) {
      await tell('DELETE', pathOf(run), undefined, { reason: reason.trim() })
      refresh()
      return `Cancelled the run of ${run.workflow}.`
    },
  })
}
