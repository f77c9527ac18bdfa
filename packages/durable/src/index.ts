// The door `@catzilla/durable`: a local engine made crash-safe, its dead letters, and a look into a store from outside.
export { createDurableEngine, deadLettersOf } from './create.ts'
export type { DeadLetter, DeadLetters, InspectedLetter } from './engine/dead-letters.ts'
export type { DeathReason } from './format/records.ts'
export type { EncryptionKey } from './format/seal.ts'
export { durableOptionTable } from './options.ts'
export type { DurableOptions } from './options.ts'
