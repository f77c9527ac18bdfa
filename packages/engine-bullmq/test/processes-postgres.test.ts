// Many processes on PostgreSQL.
import { processesOn } from './processes-on.ts'
import { startServer } from './servers.ts'

processesOn(await startServer('postgres'))
