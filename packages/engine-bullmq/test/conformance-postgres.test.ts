// The suite of engines on PostgreSQL.
import { conformanceOn } from './conformance-on.ts'
import { startServer } from './servers.ts'

conformanceOn(await startServer('postgres'))
