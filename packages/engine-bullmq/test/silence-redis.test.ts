// Silent connections to Redis.
import { silenceOn } from './silence-on.ts'
import { startServer } from './servers.ts'

silenceOn(await startServer('redis'))
