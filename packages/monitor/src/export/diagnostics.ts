// Engine events on diagnostics channels of Node, for tools that listen there.
import type { EngineEventType, TaskEngine } from '@catzilla/engine'
import { channel } from 'node:diagnostics_channel'

const types: readonly EngineEventType[] = [
  'scheduled',
  'queued',
  'started',
  'progress',
  'completed',
  'failed',
  'retrying',
  'cancelled',
  'expired',
  'stalled',
  'scaled',
  'drained',
]

/**
 * Publishes each event of an engine on the channel `catzilla.task.<type>`, until the returned function is called. The message is
 * the event. Each type that is asked for costs its event for each task.
 * @param only which types; all by default
 */
export function publishToChannels(
  engine: Pick<TaskEngine, 'subscribe'>,
  only: readonly EngineEventType[] = types,
): () => void {
  const leave = only.map((type) => {
    const published = channel(`catzilla.task.${type}`)
    return engine.subscribe([type], (event) => {
      if (published.hasSubscribers) published.publish(event)
    })
  })
  return () => {
    for (const stop of leave.splice(0)) stop()
  }
}
