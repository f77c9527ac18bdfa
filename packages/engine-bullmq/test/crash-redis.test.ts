// Crashes on Redis: 10 rounds; `npm run crash` has more.
import { expect, it } from 'vitest'
import { ROUNDS, crash } from './crash-on.ts'
import { startServer } from './servers.ts'

const found = await startServer('redis')

it.skipIf(found.missing !== undefined)(`crashes lose no task, and end none twice on ${found.title}`, async () => {
  const { tasks, crashes, begunAgain } = await crash(found.server)
  console.log(`${tasks} tasks, ${crashes} crashes, ${begunAgain} tasks begun again`)
  expect(crashes).toBe(ROUNDS)
})
