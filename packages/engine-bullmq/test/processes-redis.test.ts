// Many processes on redis.
import { processesOn } from './processes-on.ts'
import { redis } from './servers.ts'

await processesOn(redis)
