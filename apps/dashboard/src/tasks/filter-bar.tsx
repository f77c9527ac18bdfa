// The filter in the hands of the reader. It lives in the address: what is seen can be sent to somebody.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { place, setQuery } from '../place.ts'
import { priorities, statuses } from '../server/answers.ts'

const fields = [
  ['name', 'Name', 'email.send'],
  ['id', 'Id begins with', ''],
  ['tags', 'Tags', 'a,b'],
  ['error', 'Error text', ''],
] as const

export function FilterBar(): JSX.Element {
  const { query } = place.value
  const set = (key: string, value: string): void => setQuery({ ...query, [key]: value })
  const chosen = (query['status'] ?? '').split(',').filter((one) => one !== '')
  const toggle = (status: string): void => {
    const next = chosen.includes(status) ? chosen.filter((one) => one !== status) : [...chosen, status]
    set('status', next.join(','))
  }
  const [open] = useState(() => !matchMedia('(max-width: 720px)').matches || Object.keys(query).length > 0)
  const isEmpty = Object.keys(query).length === 0
  return (
    <form class="filters" role="search" aria-label="Tasks" onSubmit={(event) => event.preventDefault()}>
      <div class="chips" role="group" aria-label="State">
        {statuses.map((status) => (
          <button
            type="button"
            class={`chip s-${status}`}
            aria-pressed={chosen.includes(status)}
            onClick={() => toggle(status)}
          >
            {status}
          </button>
        ))}
      </div>
      <details open={open}>
        <summary>Name, id, tags, error, class, time</summary>
        <div class="fields">
          {fields.map(([key, label, example]) => (
            <label class="field">
              <span>{label}</span>
              <input
                type="search"
                name={key}
                value={query[key] ?? ''}
                placeholder={example}
                onInput={(event) => set(key, event.currentTarget.value)}
              />
            </label>
          ))}
          <label class="field">
            <span>Class</span>
            <select
              name="priority"
              value={query['priority'] ?? ''}
              onChange={(event) => set('priority', event.currentTarget.value)}
            >
              <option value="">any</option>
              {priorities.map((name) => (
                <option value={name}>{name}</option>
              ))}
            </select>
          </label>
          {(['since', 'until'] as const).map((key) => (
            <label class="field">
              <span>{key === 'since' ? 'Submitted since' : 'Submitted before'}</span>
              <input
                type="datetime-local"
                name={key}
                value={query[key] ?? ''}
                onInput={(event) => set(key, event.currentTarget.value)}
              />
            </label>
          ))}
        </div>
      </details>
      {(query['pattern'] ?? '') !== '' && (
        <p class="pattern">
          Errors like <code>{query['pattern']}</code>{' '}
          <button type="button" class="small" onClick={() => set('pattern', '')}>
            Any error
          </button>
        </p>
      )}
      {!isEmpty && (
        <button type="button" class="quiet clear" onClick={() => setQuery({})}>
          Clear the filter
        </button>
      )}
    </form>
  )
}
