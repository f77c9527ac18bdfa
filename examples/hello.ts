// Hello: a task is a function with a name. It is submitted at once, runs in the background, and its result is typed.
import { createTasks } from '@catzilla/api'

const tasks = createTasks()

const greet = tasks.task({ name: 'greet' }, async (name: string) => `Hello, ${name}`)

const result = greet.delay('Ada')
console.log('status:', result.status)
console.log(await result.wait())
console.log('status:', result.status)

// many at once: the results come in the order of the arguments
console.log(await greet.batch([['Grace'], ['Edsger']]).wait())

// a task is still a function: this runs here and now, without the queue
console.log(await greet('Barbara'))

await tasks.shutdown()

// It prints:
// status: pending
// Hello, Ada
// status: completed
// [ 'Hello, Grace', 'Hello, Edsger' ]
// Hello, Barbara
