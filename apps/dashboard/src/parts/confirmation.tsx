// Nothing is changed without being asked about first: one dialog, which also shows how far the change is and why it failed.
import { signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { RequestError } from '../server/request.ts'
import { say } from './toast.tsx'

export interface Change {
  readonly title: string
  readonly text: ComponentChildren
  /** Of the button that does it. */
  readonly label: string
  readonly danger?: boolean
  /** What is to be typed in, before it can be done. */
  readonly input?: { readonly label: string; readonly initial: string; readonly rows?: number }
  /** Does it, and gives the sentence that says so. Throws what is shown as the reason that it failed. */
  readonly run: (report: (sofar: string) => void, input: string) => Promise<string>
}

const asked = signal<Change | undefined>(undefined)

/** Asks whether the change is to be made. */
export function propose(change: Change): void {
  asked.value = change
}

export function Confirmation(): JSX.Element | null {
  const change = asked.value
  return change === undefined ? null : <Dialog change={change} />
}

function Dialog({ change }: { readonly change: Change }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const [input, setInput] = useState(change.input?.initial ?? '')
  const [progress, setProgress] = useState<string | undefined>(undefined)
  const [error, setError] = useState<Error | undefined>(undefined)
  useLayoutEffect(() => dialog.current?.showModal(), [])
  const close = (): void => {
    dialog.current?.close()
    asked.value = undefined
  }
  const run = async (): Promise<void> => {
    setError(undefined)
    setProgress('working…')
    try {
      const done = await change.run(setProgress, input)
      close()
      say(done)
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)))
    } finally {
      setProgress(undefined)
    }
  }
  const submit = (event: Event): void => {
    event.preventDefault()
    void run()
  }
  return (
    <dialog ref={dialog} aria-labelledby="change-title" onCancel={close}>
      <form onSubmit={submit}>
        <h2 id="change-title">{change.title}</h2>
        <div class="dialog-text">{change.text}</div>
        {change.input !== undefined && (
          <label class="field">
            <span>{change.input.label}</span>
            <textarea rows={change.input.rows ?? 2} value={input} onInput={(e) => setInput(e.currentTarget.value)} />
          </label>
        )}
        {error !== undefined && (
          <p class="failed" role="alert">
            <strong>{error.message}</strong> {error instanceof RequestError && error.remedy}
          </p>
        )}
        {progress !== undefined && (
          <p class="muted" role="status">
            {progress}
          </p>
        )}
        <div class="buttons">
          <button type="button" onClick={close} disabled={progress !== undefined}>
            Leave it
          </button>
          <button type="submit" class={change.danger === true ? 'danger' : 'primary'} disabled={progress !== undefined}>
            {change.label}
          </button>
        </div>
      </form>
    </dialog>
  )
}
