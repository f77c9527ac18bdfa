// What narrows a list down. The filter lives in the address, so that what is seen can be sent to somebody.
import type { ComponentChildren, JSX } from 'preact'
import { place, setQuery } from '../place.ts'

interface FiltersProps {
  /** What is looked for. */
  readonly label: string
  /** States that can be chosen, several at once. */
  readonly states: readonly string[]
  readonly children: ComponentChildren
}

export function Filters({ label, states, children }: FiltersProps): JSX.Element {
  return (
    <form class="filters" role="search" aria-label={label} onSubmit={(event) => event.preventDefault()}>
      <div class="chips" role="group" aria-label="State">
        {states.map((state) => (
          <Chip state={state} />
        ))}
      </div>
      {children}
    </form>
  )
}

function Chip({ state }: { readonly state: string }): JSX.Element {
  const chosen = valueOf('status')
    .split(',')
    .filter((one) => one !== '')
  const isChosen = chosen.includes(state)
  const toggled = isChosen ? chosen.filter((one) => one !== state) : [...chosen, state]
  return (
    <button
      type="button"
      class={`chip s-${state}`}
      aria-pressed={isChosen}
      onClick={() => setFilter('status', toggled.join(','))}
    >
      {state}
    </button>
  )
}

interface FieldProps {
  /** Of the query, and of the field. */
  readonly name: string
  readonly label: string
}

/** Some text. */
export function Entry({ name, label, example }: FieldProps & { readonly example?: string }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="search"
        name={name}
        value={valueOf(name)}
        placeholder={example}
        onInput={(event) => setFilter(name, event.currentTarget.value)}
      />
    </label>
  )
}

/** A moment, of the clock of the reader. */
export function Moment({ name, label }: FieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="datetime-local"
        name={name}
        value={valueOf(name)}
        onInput={(event) => setFilter(name, event.currentTarget.value)}
      />
    </label>
  )
}

/** One of some, or any of them. */
export function Choice({ name, label, options }: FieldProps & { readonly options: readonly string[] }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} value={valueOf(name)} onChange={(event) => setFilter(name, event.currentTarget.value)}>
        <option value="">any</option>
        {options.map((option) => (
          <option value={option}>{option}</option>
        ))}
      </select>
    </label>
  )
}

/** What the address asks for; empty: anything. */
export function valueOf(name: string): string {
  return place.value.query[name] ?? ''
}

export function setFilter(name: string, value: string): void {
  setQuery({ ...place.value.query, [name]: value })
}
