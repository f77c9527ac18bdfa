// Lines that a task has logged, as the broker keeps them. A field that JSON cannot hold becomes a text: a line in a log is no
// reason to fail.
import { describeValue } from '@catzilla/engine'
import type { TaskLogLine } from '@catzilla/engine'
import { isJsonValue } from './values.ts'

/** Of plain data only. */
export function plainLine(line: TaskLogLine): TaskLogLine {
  if (line.fields === undefined || isJsonValue(line.fields)) return line
  const fields = Object.entries(line.fields).map(([name, value]) => [
    name,
    isJsonValue(value) ? value : describeValue(value),
  ])
  return { ...line, fields: Object.fromEntries(fields) as Record<string, unknown> }
}

/** For people. @param line of plain data */
export function textOfLine({ at, message, fields }: TaskLogLine): string {
  const said = `${new Date(at).toISOString()} ${message}`
  return fields === undefined ? said : `${said} ${JSON.stringify(fields)}`
}
