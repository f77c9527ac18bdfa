// Many processes on Redis.
import { processesOn } from './processes-on.ts'
import { startServer } from './servers.ts'

processesOn(await startServer('redis'))
