// How many of the tasks that wait could start now if there were processes for them.
import type { Gate } from '../../typescript/gate.ts'
import type { ReadyQueue } from '../../typescript/ready-queue.ts'
import type { TaskRecord } from '../../typescript/task-record.ts'

/** Counts no further than `most`. Gates are asked how many they let pass, so that none is started for nothing. */
export function countStartable(ready: ReadyQueue, most: number, now: number): number {
  const rooms = new Map<Gate, number>()
  let count = 0
  for (const list of ready.classes) {
    for (const record of list) {
      if (count === most) return count
      if (passes(record, rooms, now)) count++
    }
  }
  return count
}

function passes(record: TaskRecord, rooms: Map<Gate, number>, now: number): boolean {
  const gates = [record.plan.named.gate, record.run?.extrasOrNull?.keyGate ?? null].filter((gate) => gate !== null)
  const hasRoom = gates.every((gate) => (rooms.get(gate) ?? gate.room(now)) > 0)
  if (hasRoom) for (const gate of gates) rooms.set(gate, (rooms.get(gate) ?? gate.room(now)) - 1)
  return hasRoom
}
