// The suite of engines on Redis.
import { conformanceOn } from './conformance-on.ts'
import { startServer } from './servers.ts'

conformanceOn(await startServer('redis'))
