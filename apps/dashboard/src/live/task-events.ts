// Events of one task as they happen.
import { useEffect } from 'preact/hooks'
import { addressOf } from '../server/address.ts'
import { followStream } from './stream.ts'

const types = ['queued', 'started', 'progress', 'completed', 'failed', 'retrying', 'cancelled', 'expired', 'stalled']

/** Calls `onEvent` for each event of the task, while the page is seen. */
export function useTaskEvents(taskId: string, onEvent: () => void): void {
  useEffect(
    () =>
      followStream(addressOf('/events', { taskId }), (source) => {
        for (const type of types) source.addEventListener(type, onEvent)
      }),
    [taskId],
  )
}

/** Listens for rare events only. While somebody does, the server keeps what happens to each task, for its page. */
export function keepHistory(): () => void {
  return followStream(addressOf('/events', { types: 'scaled,drained' }), () => {})
}
