// Crashes on postgres: 10 rounds; `npm run crash` has more.
import { crashesOn } from './crash-on.ts'
import { postgres } from './servers.ts'

await crashesOn(postgres)
