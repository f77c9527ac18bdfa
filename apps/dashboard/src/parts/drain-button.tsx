// Taking nothing new over HTTP while what was taken ends, and taking tasks again.
import type { JSX } from 'preact'
import { figures } from '../live/figures.ts'
import { rights } from '../live/rights.ts'
import { tell } from '../server/request.ts'
import { count } from '../wording.ts'
import { propose } from './confirmation.tsx'

interface Left {
  readonly queued: number
  readonly scheduled: number
  readonly running: number
}

export function DrainButton(): JSX.Element | null {
  const draining = figures.value?.draining
  if (!rights.value.pause || draining === undefined) return null
  return (
    <button type="button" class={draining ? 'primary' : ''} onClick={() => proposeDrain(!draining)}>
      {draining ? 'Take tasks again' : 'Drain'}
    </button>
  )
}

function proposeDrain(drain: boolean): void {
  propose({
    title: drain ? 'Drain this server?' : 'Take tasks again?',
    text: drain
      ? 'It takes no task and no retry over HTTP, and its health says that it is not ready, so that balancers lead elsewhere. What it took ends, and what the program itself submits is run.'
      : 'Tasks are taken over HTTP, and its health says that it is ready.',
    label: drain ? 'Drain' : 'Take tasks',
    danger: drain,
    async run() {
      const { queued, scheduled, running } = await tell<Left>('POST', drain ? '/drain' : '/undrain')
      if (!drain) return 'It takes tasks again.'
      return `It is drained: ${count(queued + scheduled)} wait, ${count(running)} run.`
    },
  })
}
