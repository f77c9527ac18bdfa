// Crashes on PostgreSQL: 10 rounds; `npm run crash` has more.
import { crashesOn } from './crash-on.ts'
import { startServer } from './servers.ts'

crashesOn(await startServer('postgres'))
