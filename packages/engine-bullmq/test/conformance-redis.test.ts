// The suite of engines on Redis.
import { conformanceOn } from './conformance-on.ts'
import { redis } from './servers.ts'

conformanceOn(redis)
