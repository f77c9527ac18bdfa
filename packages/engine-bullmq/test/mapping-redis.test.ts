// Tasks as jobs on Redis.
import { mappingOn } from './mapping-on.ts'
import { startServer } from './servers.ts'

mappingOn(await startServer('redis'))
