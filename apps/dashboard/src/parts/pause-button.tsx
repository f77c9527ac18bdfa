// Holding everything, or tasks of a name, and going on.
import type { JSX } from 'preact'
import { figures } from '../live/figures.ts'
import { rights } from '../live/rights.ts'
import { tell } from '../server/request.ts'
import { propose } from './confirmation.tsx'

export function PauseButton(): JSX.Element | null {
  const paused = figures.value?.flat.paused
  if (!rights.value.pause || paused === undefined) return null
  return (
    <button type="button" class={paused ? 'primary' : ''} onClick={() => proposePause(!paused)}>
      {paused ? 'Resume all' : 'Pause all'}
    </button>
  )
}

/** @param name undefined: all tasks */
export function proposePause(pause: boolean, name?: string): void {
  const what = name ?? 'all tasks'
  propose({
    title: `${pause ? 'Pause' : 'Resume'} ${what}?`,
    text: pause
      ? 'Nothing more of it is started until it is resumed. What runs goes on, and new tasks queue up.'
      : 'What waits is started again, in its order.',
    label: pause ? 'Pause' : 'Resume',
    danger: pause,
    async run() {
      await tell('POST', pause ? '/pause' : '/resume', name === undefined ? {} : { name })
      return pause ? `Paused ${what}.` : `Resumed ${what}.`
    },
  })
}
