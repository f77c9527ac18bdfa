// Has a directory until it is killed, with three tasks accepted in it that wait; says so once they are.
import { createTypeScriptEngine, resolveTaskOptions } from '@catzilla/engine'
import { createDurableEngine } from '../src/index.ts'

const engine = createDurableEngine(createTypeScriptEngine(), process.argv[2] ?? '', { durability: 'relaxed' })
await engine.start()
await engine.pause()
const options = resolveTaskOptions({})
engine.register({ name: 'double', handler: (n: number) => 2 * n, options })
const handles = [1, 2, 3].map((n) => engine.submit({ name: 'double', options }, [n]))
await Promise.all(handles.map(({ accepted }) => accepted))
console.log(handles.map(({ taskId }) => taskId).join(' '))
// longer than any test waits for it
setTimeout(() => {}, 3_600_000)
