// A store that another version of the package has written: it is refused with what to do, and left as it is.
import { expect, it } from 'vitest'
import { keys } from '../src/format/keys.ts'
import { define, makeOver, startOver } from './durable-for-test.ts'
import { MemoryDisk } from './memory-files.ts'

/** A disk with a task that waits, in a format that says it is another one. */
async function written(version: number): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  const engine = await startOver(disk)
  await engine.pause()
  await engine.submit(
    define(engine, 'note', () => 1),
    [],
  ).accepted
  const left = disk.kill()
  const identity = JSON.parse(left.entries.get(keys.meta)?.toString() ?? '{}') as object
  left.entries.set(keys.meta, Buffer.from(JSON.stringify({ ...identity, version })))
  return left
}

it.each([
  [
    'an older',
    0,
    /written by an older version .*format 0, this one reads from 1 on\); run what is left with the version/,
  ],
  ['a newer', 3, /written by a newer version .*format 3, this one reads up to 2\); update the package/],
])('a store of %s format is refused, and left as it is', async (_, version, message) => {
  const disk = await written(version)
  const before = new Map(disk.entries)
  const engine = makeOver(disk)
  await expect(engine.start()).rejects.toMatchObject({
    reason: 'version',
    message: expect.stringMatching(message) as string,
  })
  expect(() =>
    engine.submit(
      define(engine, 'note', () => 1),
      [],
    ),
  ).toThrow(message)
  expect(disk.entries).toEqual(before)
})
