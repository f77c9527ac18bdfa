// Run by a Node for another machine: the conformance suite of engines, on the native one.
import { describe, it } from 'node:test'
import { describeEngine } from '../../packages/engine/dist/conformance.js'
import { createNativeEngine } from '../../packages/engine/dist/index.js'

// In wine a process that Node starts ends at times as it begins. That lane is all JavaScript; Windows itself tests it.
const left = process.env.WINEPREFIX === undefined ? undefined : 'process lane:'

const declare = (name, body) => (left !== undefined && name.startsWith(left) ? it.skip(name) : it(name, body))
const runner = { describe, it: Object.assign(declare, { skip: it.skip }) }

// an emulator is slow, and nothing here is about time
describeEngine('native', createNativeEngine, { runner, deadlineMs: 120_000 })
