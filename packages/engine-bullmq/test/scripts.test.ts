// Scripts over the connection of the engine: every kind of argument arrives as it was, also on a server that has forgotten them.
import { expect, it, onTestFinished } from 'vitest'
import { GatheringRedis } from '../src/broker/gathering-redis.ts'
import { startServer } from './servers.ts'

const found = await startServer('redis')

type Echo = (args: readonly (string | number | Buffer)[]) => Promise<string[]>

/** A connection with a script `echo`, which gives back its key and its arguments in hexadecimal digits. */
async function connected(): Promise<{ redis: GatheringRedis; echo: Echo }> {
  const redis = new GatheringRedis(found.server.url)
  onTestFinished(() => redis.disconnect())
  const hex = "(arg:gsub('.', function(c) return string.format('%02x', c:byte()) end))"
  redis.defineCommand('echo:1', {
    numberOfKeys: 1,
    lua: `local told = {KEYS[1]} for _, arg in ipairs(ARGV) do told[#told + 1] = ${hex} end return told`,
  })
  await redis.ping()
  return { redis, echo: (args) => (redis as unknown as Record<string, Echo>)['echo:1']?.(args) ?? Promise.reject() }
}

const args = [
  'plain',
  '',
  7,
  'é ÿ 日本 🐈',
  'half \ud83d',
  Buffer.from([0, 13, 10, 128, 255]),
  Buffer.alloc(0),
  'long é '.repeat(20_000),
  Buffer.alloc(100_000, 200),
]
const asHex = args.map((arg) => Buffer.from(typeof arg === 'number' ? String(arg) : arg).toString('hex'))

it.skipIf(found.missing !== undefined)(`scripts get what was given, on ${found.title}`, async () => {
  const { redis, echo } = await connected()
  const runs = ['first', 'again', 'key é'].map((key) => echo([key, ...args]))
  expect(await Promise.all(runs)).toEqual([
    ['first', ...asHex],
    ['again', ...asHex],
    ['key é', ...asHex],
  ])
  const few = args.slice(0, 7)
  expect(await echo(['few', ...few])).toEqual(['few', ...asHex.slice(0, 7)])
  const pipeline = redis.pipeline()
  for (const key of ['a', 'b']) void (pipeline as unknown as Record<string, Echo>)['echo:1']?.([key, ...few])
  expect(await pipeline.exec()).toEqual(['a', 'b'].map((key) => [null, [key, ...asHex.slice(0, 7)]]))
})

it.skipIf(found.missing !== undefined)(
  `scripts are sent again where they are forgotten, on ${found.title}`,
  async () => {
    const { redis, echo } = await connected()
    expect(await echo(['before', 'x'])).toEqual(['before', '78'])
    await redis.script('FLUSH')
    const several = ['one', 'two', 'three'].map((key) => echo([key, 'x']))
    expect(await Promise.all(several)).toEqual(['one', 'two', 'three'].map((key) => [key, '78']))
    await redis.script('FLUSH')
    const pipeline = redis.pipeline()
    void (pipeline as unknown as Record<string, Echo>)['echo:1']?.(['in a pipeline', 'x'])
    expect(await pipeline.exec()).toEqual([[null, ['in a pipeline', '78']]])
    // a new connection begins anew
    redis.disconnect(true)
    await new Promise((resolve) => redis.once('ready', resolve))
    expect(await echo(['after', 'x'])).toEqual(['after', '78'])
  },
)

it.skipIf(found.missing !== undefined)(`a script that fails says so, on ${found.title}`, async () => {
  const { redis } = await connected()
  redis.defineCommand('broken:1', { numberOfKeys: 0, lua: "return redis.error_reply('it cannot')" })
  await expect((redis as unknown as Record<string, Echo>)['broken:1']?.([])).rejects.toThrow('it cannot')
})
