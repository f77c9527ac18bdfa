// Figures as people read them.
import type { MonitorStatistics } from './server/answers.ts'

const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const calendar = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** 12,345; from a hundred thousand on 123.5K. */
export function count(value: number): string {
  return Math.abs(value) < 100_000 ? counts.format(value) : compact.format(value)
}

/** 1 task, 7 tasks */
export function several(number: number, one: string): string {
  return `${count(number)} ${one}${number === 1 ? '' : 's'}`
}

/** Per second: 0.4, 12.3, 1,204. */
export function rate(value: number): string {
  return value < 100 && !Number.isInteger(value) ? value.toFixed(1) : count(value)
}

/** 340 µs, 1.2 ms, 4.5 s, 3 min 12 s, 2 h 5 min, 4 d 3 h */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  if (ms === 0) return '0 ms'
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`
  if (ms < 1000) return `${three(ms)} ms`
  if (ms < 60_000) return `${three(ms / 1000)} s`
  const s = Math.round(ms / 1000)
  if (s < 3600) return two(Math.floor(s / 60), 'min', s % 60, 's')
  if (s < 86_400) return two(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min')
  return two(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h')
}

type Durations = MonitorStatistics['priorities']['critical']['wait']

/** One of the figures of some durations; where nothing was measured there is none. */
export function measured(of: Durations | undefined, which: 'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs'): string {
  return of === undefined || of.count === 0 ? '–' : duration(of[which])
}

/** < 0.1 %, 0.3 %, 45 % */
export function percent(ratio: number): string {
  const value = ratio * 100
  if (value > 0 && value < 0.1) return '< 0.1 %'
  return `${value !== 0 && value < 10 ? value.toFixed(1) : Math.round(value)} %`
}

/** 12.3 MiB, 1.5 GiB; nothing where none is held, or nobody measures it. */
export function megabytes(mb: number | null | undefined): string {
  if (mb === null || mb === undefined || mb === 0) return '–'
  return mb >= 1024 ? `${three(mb / 1024)} GiB` : `${three(mb)} MiB`
}

/** 14:03:12; of another day with its date. */
export function time(at: number | null | undefined): string {
  if (at === null || at === undefined) return '–'
  const isToday = new Date(at).toDateString() === new Date().toDateString()
  return isToday ? clock.format(at) : calendar.format(at)
}

/** 12 s ago, in 3 min */
export function distance(at: number | null | undefined, now: number = Date.now()): string {
  if (at === null || at === undefined) return '–'
  const ms = now - at
  if (Math.abs(ms) < 1000) return 'now'
  const rounded = duration(Math.floor(Math.abs(ms) / 1000) * 1000).replace(/(\.\d+)? /, ' ')
  return ms > 0 ? `${rounded} ago` : `in ${rounded}`
}

export function json(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2)
}

function three(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}
