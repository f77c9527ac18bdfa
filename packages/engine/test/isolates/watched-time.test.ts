// What a pause between two looks counts.
import { expect, test } from 'vitest'
import { WatchedTime } from '../../src/isolates/watched-time.ts'

test('begins with the first look, and a pause counts so much at most', () => {
  const time = new WatchedTime(1000)
  expect([5000, 5010, 6010, 66_010, 66_020].map((now) => time.look(now))).toEqual([5000, 5010, 6010, 7010, 7020])
})
