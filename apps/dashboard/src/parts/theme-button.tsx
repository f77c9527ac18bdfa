// Light, dark, or as the system has it; remembered by this browser.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'

const themes = ['system', 'light', 'dark'] as const
type Theme = (typeof themes)[number]

const KEY = 'catzilla-dashboard-theme'

export const theme = signal<Theme>(remembered())
apply(theme.value)

export function ThemeButton(): JSX.Element {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system'
  return (
    <button type="button" class="quiet" onClick={() => choose(next)} title={`Colours: ${theme.value}`}>
      <span aria-hidden="true">{{ system: '◐', light: '○', dark: '●' }[theme.value]}</span>
      <span class="sr">Colours are {theme.value}; change to </span> <span class="theme-name">{theme.value}</span>
    </button>
  )
}

function choose(next: Theme): void {
  theme.value = next
  apply(next)
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // a browser that keeps nothing shows it until the page is left
  }
}

function remembered(): Theme {
  try {
    const found = localStorage.getItem(KEY)
    return themes.find((one) => one === found) ?? 'system'
  } catch {
    return 'system'
  }
}

function apply(chosen: Theme): void {
  document.documentElement.dataset['theme'] = chosen
}
