// Tasks as jobs on PostgreSQL.
import { mappingOn } from './mapping-on.ts'
import { startServer } from './servers.ts'

mappingOn(await startServer('postgres'))
