// What the list of tasks can be narrowed down by.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Choice, Entry, Filters, Moment, setFilter, valueOf } from '../parts/filters.tsx'
import { place, setQuery } from '../place.ts'
import { priorities, statuses } from '../server/answers.ts'

export function FilterBar(): JSX.Element {
  const isEmpty = Object.keys(place.value.query).length === 0
  const [open] = useState(() => !matchMedia('(max-width: 720px)').matches || !isEmpty)
  const pattern = valueOf('pattern')
  return (
    <Filters label="Tasks" states={statuses}>
      <details open={open}>
        <summary>Name, id, tags, error, class, time</summary>
        <div class="fields">
          <Entry name="name" label="Name" example="email.send" />
          <Entry name="id" label="Id begins with" />
          <Entry name="tags" label="Tags" example="a,b" />
          <Entry name="error" label="Error text" />
          <Choice name="priority" label="Class" options={priorities} />
          <Moment name="since" label="Submitted since" />
          <Moment name="until" label="Submitted before" />
        </div>
      </details>
      {pattern !== '' && (
        <p class="pattern">
          Errors like <code>{pattern}</code>{' '}
          <button type="button" class="small" onClick={() => setFilter('pattern', '')}>
            Any error
          </button>
        </p>
      )}
      {!isEmpty && (
        <button type="button" class="quiet clear" onClick={() => setQuery({})}>
          Clear the filter
        </button>
      )}
    </Filters>
  )
}
