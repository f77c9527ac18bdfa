// Whoever hears what a compiled body says to the console hears it while its task ends, and may do what he likes.
import { describe, expect, test, vi } from 'vitest'
import type { BackgroundTasks, TaskResult } from '../src/index.ts'
import { decided } from './decided.ts'
import { nativeMissing } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

/** What he does: with the task that speaks, and with all. */
type Deed = (tasks: BackgroundTasks, own: TaskResult<number>, all: readonly TaskResult<number>[]) => unknown

const deeds: Record<string, Deed> = {
  'cancels the task': (_, own) => own.cancel(),
  'cancels all others': (_, own, all) => all.filter((each) => each !== own).map((each) => each.cancel()),
  'pauses tasks of its name': (tasks) => tasks.pause('say'),
  'pauses tasks of another name': (tasks) => tasks.pause('twice'),
  'submits many': (tasks) => tasks.kernel('add').batch(Array.from({ length: 500 }, (_, value) => [value, 1])),
}

describe.skipIf(nativeMissing !== undefined)('who hears a body', () => {
  test.each(Object.keys(deeds))('%s: each task settles once', async (what) => {
    const tasks = tasksForTest({ engine: 'native' })
    const heard = vi.spyOn(console, 'log').mockImplementation(() => {})
    try {
      const say = tasks.task({ name: 'say', compile: 'require' }, (value: number) => {
        console.log('said', value)
        return value * 2
      })
      const twice = tasks.task({ name: 'twice', compile: 'require' }, (value: number) => value * 2)
      await decided(say, 1)
      await decided(twice, 1)
      const all = Array.from({ length: 300 }, (_, at) => (at % 10 === 5 ? say.delay(at) : twice.delay(at)))
      const done = new Promise<void>((resolve) => {
        heard.mockImplementationOnce(() => {
          deeds[what]?.(tasks, all[5]!, all)
          resolve()
        })
      })
      await done
      // it is over, whatever was asked for: nobody has to resume its name first
      expect([await all[5]!.wait(), all[5]!.status]).toEqual([10, 'completed'])
      await tasks.resume('say')
      await tasks.resume('twice')
      await Promise.allSettled(all.map((each) => each.wait()))
      await tasks.drain()
      const { submittedTasks, completedTasks, cancelledTasks, failedTasks, totalQueued } = tasks.getStats()
      expect([completedTasks + cancelledTasks, failedTasks, totalQueued]).toEqual([submittedTasks, 0, 0])
      expect(cancelledTasks).toBe(all.filter(({ status }) => status === 'cancelled').length)
    } finally {
      heard.mockRestore()
    }
  })
})
