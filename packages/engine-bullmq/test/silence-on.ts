// A broker that is connected but silent: the connections are made anew, and what waited goes on; where that does not help,
// whoever waits is told.
import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { resolveTaskOptions } from '@catzilla/engine'
import type { TaskCall, TaskEngine } from '@catzilla/engine'
import { createBullmqEngine } from '../src/index.ts'
import { Proxy } from './proxy.ts'
import type { FoundServer } from './servers.ts'

export function silenceOn(found: FoundServer): void {
  describe.skipIf(found.missing !== undefined)(`silence on ${found.title}`, () => {
    it('connections that say nothing are made anew, and tasks go on', { timeout: 120_000 }, async () => {
      const { engine, call, proxy } = await begin(found.server.url)
      expect(await engine.submit(call, [1]).wait()).toBe(2)
      const before = proxy.connections
      proxy.hush(false)
      const handles = [2, 3, 4].map((n) => engine.submit(call, [n]))
      expect(await Promise.all(handles.map((handle) => handle.wait()))).toEqual([4, 6, 8])
      expect(proxy.connections).toBeGreaterThan(before)
    })

    it('whoever waits is told when the silence does not end', { timeout: 120_000 }, async () => {
      const { engine, call, proxy } = await begin(found.server.url)
      expect(await engine.submit(call, [1]).wait()).toBe(2)
      proxy.hush(true)
      await expect(engine.submit(call, [2]).wait()).rejects.toMatchObject({
        name: 'EngineUnavailableError',
        message: expect.stringContaining('has been lost for 2000 ms') as string,
      })
    })
  })
}

async function begin(
  url: string,
): Promise<{ readonly engine: TaskEngine; readonly call: TaskCall; readonly proxy: Proxy }> {
  const proxy = new Proxy(new URL(url))
  const through = new URL(url)
  through.port = String(await proxy.open())
  const engine = createBullmqEngine(through.href, {
    prefix: `t${randomUUID().replaceAll('-', '').slice(0, 18)}`,
    local: 'typescript',
    silenceMs: 1000,
    connectionLossMs: 2000,
  })
  onTestFinished(async () => {
    await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
    await proxy.close()
  })
  await engine.start()
  const options = resolveTaskOptions({})
  engine.register({ name: 'double', handler: (n: number) => n * 2, options })
  return { engine, call: Object.freeze({ name: 'double', options }), proxy }
}
