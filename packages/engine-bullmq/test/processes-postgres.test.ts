// Many processes on postgres.
import { processesOn } from './processes-on.ts'
import { postgres } from './servers.ts'

await processesOn(postgres)
