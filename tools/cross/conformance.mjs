// Run by a Node for another machine, with `node --test`: the conformance suite of engines, on the native one.
import { describe, it } from 'node:test'
import { describeEngine } from '../../packages/engine/dist/conformance.js'
import { createNativeEngine } from '../../packages/engine/dist/index.js'

// an emulator is slow, and nothing here is about time
describeEngine('native', createNativeEngine, { runner: { describe, it }, deadlineMs: 120_000 })
