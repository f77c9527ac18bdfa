// Traces on PostgreSQL.
import { startServer } from './servers.ts'
import { tracingOn } from './tracing-on.ts'

tracingOn(await startServer('postgres'))
