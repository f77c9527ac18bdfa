// What the reader of this page may do. Without an answer: nothing.
import { signal } from '@preact/signals'
import { ask } from '../server/request.ts'
import type { Rights } from '../server/answers.ts'
import { repeat } from './polled.ts'

const none: Rights = {
  submit: false,
  cancel: false,
  retry: false,
  pause: false,
  scale: false,
  tasks: [],
  workflows: false,
}

export const rights = signal<Rights>(none)

/** Rights may change while the page is open: they are asked for once a minute. */
export function followRights(): () => void {
  return repeat(
    60_000,
    (until) => ask<Rights>('/rights', {}, until),
    (next) => (rights.value = next),
    () => {},
  )
}
