// Crashes on redis: 10 rounds; `npm run crash` has more.
import { crashesOn } from './crash-on.ts'
import { redis } from './servers.ts'

await crashesOn(redis)
