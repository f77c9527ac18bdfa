// Events of one task as they happen; the browser comes again by itself when the stream breaks off.
import { useEffect } from 'preact/hooks'
import { addressOf } from '../server/address.ts'
import { visible } from './visible.ts'

const types = ['queued', 'started', 'progress', 'completed', 'failed', 'retrying', 'cancelled', 'expired', 'stalled']

/** Calls `onEvent` for each event of the task, while the page is seen. */
export function useTaskEvents(taskId: string, onEvent: () => void): void {
  useEffect(() => {
    let source: EventSource | undefined
    const open = (): void => {
      source = new EventSource(addressOf('/events', { taskId }))
      for (const type of types) source.addEventListener(type, onEvent)
    }
    const stop = visible.subscribe((seen) => {
      source?.close()
      source = undefined
      if (seen) open()
    })
    return () => {
      stop()
      source?.close()
    }
  }, [taskId])
}

/** Listens for rare events only. While somebody does, the server keeps what happens to each task, for its page. */
export function keepHistory(): () => void {
  let source: EventSource | undefined
  const stop = visible.subscribe((seen) => {
    source?.close()
    source = seen ? new EventSource(addressOf('/events', { types: 'scaled,drained' })) : undefined
  })
  return () => {
    stop()
    source?.close()
  }
}
