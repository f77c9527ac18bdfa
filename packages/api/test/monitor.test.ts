// The monitor as the API hands it out: loaded late, made once, closed with the tasks, and no part of them when it is missing.
import { EngineUnavailableError } from '@catzilla/api'
import { createTypeScriptEngine } from '@catzilla/engine'
import { createTestTasks } from '@catzilla/api/testing'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { MonitorHome } from '../src/monitor.ts'
import { tasksForTest } from './tasks-for-test.ts'

function missing(): never {
  throw Object.assign(new Error("Cannot find module '@catzilla/monitor'"), { code: 'MODULE_NOT_FOUND' })
}

test('it is made once', async () => {
  const tasks = createTestTasks()
  expect(tasks.monitor).toBe(tasks.monitor)
  expect(tasks.monitor.health()).toEqual({ live: true, ready: true, healthy: true, reasons: [] })
  await tasks.pause()
  expect(tasks.monitor.health()).toMatchObject({ live: true, ready: false, reasons: ['all tasks are paused'] })
})

test('it keeps up with the clock of the tasks, and ends with them', async () => {
  const tasks = createTestTasks()
  const { monitor, clock } = tasks
  await tasks.addTask(() => 1).wait()
  expect(monitor.getStats().rates.lastSecond.completed).toBe(0)
  await tasks.advance(500)
  expect(monitor.getStats().rates.lastSecond.completed).toBeCloseTo(2, 6)
  await tasks.advance(2000)
  expect(monitor.getStats().rates.lastSecond.completed).toBe(0)
  expect(monitor.getStats().rates.lastMinute.completed).toBeCloseTo(0.4, 6)
  await tasks.shutdown()
  expect(clock.pendingAlarms).toBe(0)
  expect(monitor.health()).toMatchObject({ live: false, ready: false, reasons: ['the engine has been shut down'] })
})

describe('without the package', () => {
  test('looking at it is refused, with the remedy', () => {
    const error = thrownBy(() => new MonitorHome(createTypeScriptEngine(), undefined, missing).monitor)
    expect(error).toBeInstanceOf(EngineUnavailableError)
    expect(error.message).toMatch(/@catzilla\/monitor.*run "npm install @catzilla\/monitor"/)
  })

  test('nothing is scaled', () => {
    const engine = createTypeScriptEngine()
    const scalable = Object.assign(Object.create(engine) as typeof engine, {
      capabilities: { ...engine.capabilities, scalesWorkers: true },
    })
    const home = new MonitorHome(scalable, undefined, missing)
    home.scaleIfInstalled()
    expect(home.complete(engine.snapshot()).autoScaling).toBe(false)
  })

  test('what goes wrong otherwise is told', () => {
    const engine = createTypeScriptEngine()
    const scalable = Object.assign(Object.create(engine) as typeof engine, {
      capabilities: { ...engine.capabilities, scalesWorkers: true },
    })
    const broken = (): never => {
      throw new Error('broken')
    }
    expect(() => new MonitorHome(scalable, undefined, broken).scaleIfInstalled()).toThrow('broken')
  })
})

test('workers are scaled by the load unless that is switched off', () => {
  const scaled = tasksForTest()
  expect(scaled.getStats().autoScaling).toBe(scaled.engine.capabilities.scalesWorkers)
  const fixed = tasksForTest({ enableAutoScaling: false })
  expect(fixed.getStats().autoScaling).toBe(false)
})
