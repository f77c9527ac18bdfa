// What this engine cannot do, case by case.
import type { ConformanceSkip } from '@catzilla/engine/conformance'

const keys = 'limits with a key: BullMQ limits whole queues (groups are a part of BullMQ Pro); limits.key is refused'

export const skips: readonly ConformanceSkip[] = [
  ...[
    'a key computed from the arguments has limits of its own',
    'a fixed key is shared by the calls that give it, and by no others',
    'the limit of a key and that of the name hold together',
    'the key is computed once, at submission',
    'a key function that throws or gives no text refuses the task, and nothing was taken',
    'ten thousand keys leave nothing behind',
  ].map((name) => ({ case: name, reason: keys })),
  {
    case: 'a task submitted by a task sees itself, not the one that submitted it',
    reason: 'its body gives a handle back: results are copied, since they may have to cross processes',
  },
]
