// Crashes on PostgreSQL: 20 rounds; `npm run crash` has 200.
import { crashesOn, orderOn } from './crash-on.ts'
import { startServer } from './servers.ts'

const found = await startServer('postgres')

crashesOn(found)
orderOn(found)
