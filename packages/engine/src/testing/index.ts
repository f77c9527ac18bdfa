// The door `@catzilla/engine/testing`: what tests of engines and of their users need.
export { VirtualClock } from '../support/virtual-clock.ts'
export { copyArguments, copyResult } from '../support/payload-copy.ts'
export { createSwitchableEngine } from './switchable-engine.ts'
export type { SwitchableEngine } from './switchable-engine.ts'
