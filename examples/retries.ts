// Delays, retries and cancelling: a task that starts later, one that works at the third attempt, and errors that end it.
import { createTasks, currentTask, NonRetryableError } from '@catzilla/api'

const tasks = createTasks()

// fails twice; the second attempt comes after 5 ms, the third 10 ms after that
const fetchPage = tasks.task({ name: 'fetchPage', maxRetries: 3, retryDelayMs: 5, retryJitter: 0 }, (url: string) => {
  const attempt = currentTask()?.attempt
  if (attempt !== undefined && attempt < 3) throw new Error(`${url}: connection reset`)
  return `${url} at attempt ${attempt}`
})
tasks.on('retrying', ({ name, attempt }) => console.log(`${name} failed at attempt ${attempt}, and is tried again`))
console.log(await fetchPage.delay('https://example.org').wait())

// no retry can help here
const parse = tasks.task({ name: 'parse', maxRetries: 5 }, (text: string) => {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new NonRetryableError('this is no JSON', { cause })
  }
})
const broken = parse.delay('{')
await broken.wait().catch((error: Error) => console.log(`${error.message}, after ${broken.getStats().retries} retries`))

// in a minute, or not at all
const later = fetchPage.with({ delayMs: 60_000 }).delay('https://example.com')
console.log(later.status, later.cancel('no longer needed'), later.status)

await tasks.shutdown()

// It prints:
// fetchPage failed at attempt 1, and is tried again
// fetchPage failed at attempt 2, and is tried again
// https://example.org at attempt 3
// this is no JSON, after 0 retries
// scheduled true cancelled
