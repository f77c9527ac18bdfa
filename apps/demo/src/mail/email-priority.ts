// How urgent an e-mail is: by the name its sender gives, or by its subject.
import { TaskPriority } from '@catzilla/api'

const priorities = new Map<string, TaskPriority>([
  ['critical', TaskPriority.CRITICAL],
  ['high', TaskPriority.HIGH],
  ['normal', TaskPriority.NORMAL],
  ['low', TaskPriority.LOW],
])

/** The class called `name`; NORMAL when there is none of that name. */
export function priorityNamed(name: string): TaskPriority {
  return priorities.get(name) ?? TaskPriority.NORMAL
}

/** HIGH when the subject says "urgent" in whatever case, else NORMAL. */
export function priorityOfSubject(subject: string): TaskPriority {
  return subject.toLowerCase().includes('urgent') ? TaskPriority.HIGH : TaskPriority.NORMAL
}
