// Bells: rung in one isolate, heard in another, and gone when they are closed or their isolate ends.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadCore } from '../src/load.ts'
import { describeNative, theCore } from './core.ts'

const binary = (): string => loadCore().source.replace(/^.* (?=\/)/, '')

/** An isolate that rings the bells whose numbers it is sent, and says whether there was one. */
async function startRinger(): Promise<Worker> {
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { bells } = require(workerData)
    parentPort.on('message', (bell) => parentPort.postMessage(bells.ring(bell)))
    parentPort.postMessage('ready')`
  const ringer = new Worker(program, { eval: true, workerData: binary() })
  onTestFinished(() => void ringer.terminate())
  await once(ringer, 'message')
  return ringer
}

// On Windows libuv is part of the program, where its functions cannot be looked up.
const [describeBells, describeWindows] =
  process.platform === 'win32' ? [describe.skip, describeNative] : [describeNative, describe.skip]

describeWindows('on Windows', () => {
  test('there are no bells', () => {
    expect(theCore().bells).toEqual({})
  })
})

describeBells('bells', () => {
  test('that another isolate rings are heard on the event loop that made them', async () => {
    const { bells } = theCore()
    const ringer = await startRinger()
    await new Promise<void>((hear) => {
      const bell = bells.create(hear)
      onTestFinished(() => bells.close(bell))
      expect(bell).toBeGreaterThan(0)
      ringer.postMessage(bell)
    })
  })

  test('are heard by who made them, and by nobody else', async () => {
    const { bells } = theCore()
    const heard: string[] = []
    const first = bells.create(() => heard.push('first'))
    await new Promise<void>((resolve) => {
      const second = bells.create(() => {
        heard.push('second')
        bells.close(second)
        resolve()
      })
      expect(bells.ring(second)).toBe(true)
    })
    bells.close(first)
    expect(heard).toEqual(['second'])
  })

  test('cannot be rung once they are closed, nor before they are made', async () => {
    const { bells } = theCore()
    const ringer = await startRinger()
    const bell = bells.create(() => {})
    bells.close(bell)
    bells.close(bell)
    ringer.postMessage(bell)
    expect(await once(ringer, 'message')).toEqual([false])
    expect([bells.ring(0), bells.ring(bell + 1_000_000)]).toEqual([false, false])
  })

  test('belong to the isolate that made them, and end with it', async () => {
    const { bells } = theCore()
    const program = `
      const { parentPort, workerData } = require('node:worker_threads')
      const { bells } = require(workerData)
      const bell = bells.create(() => parentPort.postMessage('heard'))
      parentPort.postMessage(bell)
      parentPort.on('message', () => {})`
    const owner = new Worker(program, { eval: true, workerData: binary() })
    const [bell] = (await once(owner, 'message')) as [number]
    bells.close(bell)
    expect(bells.ring(bell)).toBe(true)
    expect(await once(owner, 'message')).toEqual(['heard'])
    await owner.terminate()
    expect(bells.ring(bell)).toBe(false)
  })

  test('take a function, and numbers', () => {
    const { bells } = theCore()
    expect(() => bells.create(5 as never)).toThrow(TypeError)
    expect(() => bells.ring('no' as never)).toThrow(TypeError)
    expect(() => bells.ring(-1)).toThrow(RangeError)
  })
})
