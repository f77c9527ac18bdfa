// The unique key of one slot of a schedule: however many processes made the schedule, and however late one of them is, where
// they share their tasks the slot is run once. An engine for many processes keeps it taken for a while after the task has ended.

/** @param slot epoch milliseconds */
export function slotKey(scheduleId: string, slot: number): string {
  return `schedule:${scheduleId}:${slot}`
}

export function isSlotKey(key: string): boolean {
  return /^schedule:.*:\d+(?:\.\d+)?$/s.test(key)
}
