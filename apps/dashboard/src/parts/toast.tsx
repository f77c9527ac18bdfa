// One short message about what was just done, for some seconds.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'

const message = signal<string | undefined>(undefined)

export function say(text: string): void {
  message.value = text
}

export function Toast(): JSX.Element {
  const text = message.value
  useEffect(() => {
    if (text === undefined) return undefined
    const timer = setTimeout(() => (message.value = undefined), 6000)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div class="toast" role="status" aria-live="polite">
      {text !== undefined && <p>{text}</p>}
    </div>
  )
}
