// The priority of an e-mail, by name and by subject.
import { TaskPriority } from '@catzilla/api'
import { describe, expect, it } from 'vitest'
import { priorityNamed, priorityOfSubject } from '../src/mail/email-priority.ts'

describe('the priority of an e-mail', () => {
  it.each([
    ['critical', TaskPriority.CRITICAL],
    ['high', TaskPriority.HIGH],
    ['normal', TaskPriority.NORMAL],
    ['low', TaskPriority.LOW],
  ])('named %s', (name, priority) => {
    expect(priorityNamed(name)).toBe(priority)
  })

  it.each(['', 'HIGH', 'important', 'constructor', '__proto__'])('is NORMAL for the unknown name "%s"', (name) => {
    expect(priorityNamed(name)).toBe(TaskPriority.NORMAL)
  })

  it.each(['URGENT: disk full', 'this is urgent', 'Insurgent reports', 'UrGeNt'])('is HIGH for "%s"', (subject) => {
    expect(priorityOfSubject(subject)).toBe(TaskPriority.HIGH)
  })

  it.each(['', 'Invoice 1042', 'urge nt'])('is NORMAL for "%s"', (subject) => {
    expect(priorityOfSubject(subject)).toBe(TaskPriority.NORMAL)
  })
})
