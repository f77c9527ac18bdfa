// The attributes of spans: those of the conventions for messaging, and our own.
import type { EngineEvents, PriorityName, TaskCall } from '@catzilla/engine'
import type { Attributes } from '@opentelemetry/api'

const priorities: readonly PriorityName[] = ['critical', 'high', 'normal', 'low']

/** Of a task that is submitted. */
export function sendAttributes({ name, options }: TaskCall, taskId?: string, count?: number): Attributes {
  return {
    'messaging.system': 'catzilla',
    'messaging.operation.type': 'send',
    'messaging.operation.name': 'submit',
    'messaging.destination.name': name,
    ...(taskId === undefined ? {} : { 'messaging.message.id': taskId }),
    ...(count === undefined ? {} : { 'messaging.batch.message_count': count }),
    'catzilla.task.priority': priorities[options.priority] ?? 'normal',
    'catzilla.task.lane': options.lane,
  }
}

/** Of an attempt that runs. */
export function processAttributes(taskId: string, name: string, attempt: number): Attributes {
  return {
    'messaging.system': 'catzilla',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'run',
    'messaging.destination.name': name,
    'messaging.message.id': taskId,
    'catzilla.task.attempt': attempt,
  }
}

/** What the start of an attempt tells. */
export function startAttributes({ lane, priority, waitTimeMs }: EngineEvents['started']): Attributes {
  return {
    'catzilla.task.lane': lane,
    'catzilla.task.priority': priorities[priority] ?? 'normal',
    /** Milliseconds. */
    'catzilla.task.wait': waitTimeMs,
  }
}
