// The way round, whether all is well, and the look.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { figures } from '../live/figures.ts'
import { rights } from '../live/rights.ts'
import { hrefOf, place } from '../place.ts'
import { count } from '../wording.ts'
import { ThemeButton } from './theme-button.tsx'

const entries = [
  ['', 'Overview'],
  ['tasks', 'Tasks'],
  ['queues', 'Queues'],
  ['workers', 'Workers'],
  ['failures', 'Failures'],
  ['workflows', 'Workflows'],
  ['schedules', 'Schedules'],
  ['audit', 'Audit'],
] as const

export function Navigation(): JSX.Element {
  const [here = ''] = place.value.path
  const nav = useRef<HTMLElement>(null)
  // on a phone the entries scroll sideways
  useEffect(
    () => nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' }),
    [here, rights.value.workflows],
  )
  return (
    <header class="side">
      <a class="brand" href={hrefOf([])}>
        <span class="mark" aria-hidden="true" />
        Catzilla Tasks
      </a>
      <nav ref={nav} aria-label="Pages">
        {entries.filter(isOffered).map(([path, label]) => (
          <a href={hrefOf(path === '' ? [] : [path])} aria-current={here === path ? 'page' : undefined}>
            {label}
            <Amount of={path} />
          </a>
        ))}
      </nav>
      <div class="side-foot">
        <EngineLine />
        <ThemeButton />
      </div>
    </header>
  )
}

/** Not every server has workflows. */
function isOffered([path]: (typeof entries)[number]): boolean {
  return path !== 'workflows' || rights.value.workflows
}

function Amount({ of }: { readonly of: string }): JSX.Element | null {
  const flat = figures.value?.flat
  const amount = of === 'tasks' ? flat && flat.totalQueued + flat.runningTasks : of === 'failures' && flat?.failedTasks
  return amount ? <span class={`amount ${of === 'failures' ? 'bad' : ''}`}>{count(amount)}</span> : null
}

function EngineLine(): JSX.Element | null {
  const now = figures.value
  if (now === undefined) return null
  return (
    <span class="engine">
      {now.stats.system.engine} engine
      {now.flat.paused && <strong class="badge s-scheduled">paused</strong>}
      {now.draining === true && <strong class="badge s-scheduled">drained</strong>}
    </span>
  )
}
