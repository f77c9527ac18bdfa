// Whether anybody sees the page: what repeats rests while nobody does.
import { signal } from '@preact/signals'

export const visible = signal(!document.hidden)

document.addEventListener('visibilitychange', () => {
  visible.value = !document.hidden
})
