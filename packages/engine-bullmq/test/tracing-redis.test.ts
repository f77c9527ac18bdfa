// Traces on Redis.
import { startServer } from './servers.ts'
import { tracingOn } from './tracing-on.ts'

tracingOn(await startServer('redis'))
