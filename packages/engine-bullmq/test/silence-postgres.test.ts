// Silent connections to PostgreSQL.
import { silenceOn } from './silence-on.ts'
import { startServer } from './servers.ts'

silenceOn(await startServer('postgres'))
