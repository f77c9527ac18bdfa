// The door `@catzilla/engine-bullmq`: the distributed engine on BullMQ, over Redis, Valkey or PostgreSQL.
export { createBullmqEngine, createEngine } from './create.ts'
export { bullmqOptionTable } from './options.ts'
export type { BullmqOptions, Role } from './options.ts'
