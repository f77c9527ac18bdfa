// Memory of a child, read and written by its parent; what is handed over is checked before it is used.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { loadCore } from '../src/load.ts'
import { describeNative, theCore } from './core.ts'

const isLinux = process.platform === 'linux'

describeNative('memory of another process', () => {
  test.skipIf(!isLinux)('is copied from where it says and to where it says', async () => {
    const { otherMemory } = theCore()
    const binary = loadCore().source.replace(/^.* (?=\/)/, '')
    const program = `
      const { otherMemory } = require(process.argv[1])
      const buffer = new Uint8Array(2 ** 20).fill(5).buffer
      process.on('message', () => process.send(new Uint8Array(buffer).every((each) => each === 6)))
      process.send([otherMemory.addressOf(buffer)])`
    const child = spawn(process.execPath, ['-e', program, binary], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [[address]] = (await once(child, 'message')) as [[bigint]]
    const pid = child.pid ?? 0
    expect(otherMemory.canRead(pid)).toBe(true)
    const buffer = new ArrayBuffer(2 ** 20)
    expect(otherMemory.copyFrom(pid, address, buffer)).toBe(0)
    expect(new Uint8Array(buffer).every((each) => each === 5)).toBe(true)
    new Uint8Array(buffer).fill(6)
    expect(otherMemory.copyTo(pid, address, buffer)).toBe(0)
    child.send('look')
    expect(await once(child, 'message')).toEqual([true, undefined])
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(otherMemory.copyFrom(pid, address, buffer)).toBe(constants.errno.ESRCH)
    expect(otherMemory.canRead(pid)).toBe(false)
  })

  test.skipIf(!isLinux)('is not followed where there is none', () => {
    const { otherMemory } = theCore()
    const buffer = new ArrayBuffer(16)
    for (const address of [0n, 8n, 2n ** 47n, 2n ** 64n - 1n]) {
      expect(otherMemory.copyFrom(process.pid, address, buffer)).toBe(constants.errno.EFAULT)
      expect(otherMemory.copyTo(process.pid, address, buffer)).toBe(constants.errno.EFAULT)
    }
  })

  test('takes nothing else', () => {
    type Any = ((...args: unknown[]) => unknown) | undefined
    const functions: Readonly<Record<string, unknown>> = { ...theCore().otherMemory }
    const [addressOf, copyFrom, copyTo, canRead] = ['addressOf', 'copyFrom', 'copyTo', 'canRead'].map(
      (name) => functions[name] as Any,
    )
    const buffer = new ArrayBuffer(8)
    for (const copy of [copyFrom, copyTo]) {
      for (const pid of [0, -1, 1.5, 2 ** 31, '1', undefined]) expect(() => copy?.(pid, 8n, buffer)).toThrow('pid')
      for (const address of [8, '8', undefined]) expect(() => copy?.(1, address, buffer)).toThrow('must be a bigint')
      for (const address of [-1n, 2n ** 64n]) expect(() => copy?.(1, address, buffer)).toThrow('of 64 bits')
      for (const other of [new SharedArrayBuffer(8), new Uint8Array(8), {}, undefined]) {
        expect(() => copy?.(1, 8n, other)).toThrow('must be an ArrayBuffer')
      }
    }
    expect(() => addressOf?.(new Uint8Array(8))).toThrow('must be an ArrayBuffer')
    expect(() => canRead?.(-5)).toThrow('pid')
  })
})
