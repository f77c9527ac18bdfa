// A service with a task that ends the process in its first instruction, and one that does no harm.
import { createTypeScriptEngine, resolveTaskOptions } from '@catzilla/engine'
import { createDurableEngine, deadLettersOf } from '../src/index.ts'

const [directory = '', mode = ''] = process.argv.slice(2)
const engine = createDurableEngine(createTypeScriptEngine(), directory)
await engine.start()
const options = resolveTaskOptions({})
engine.register({ name: 'poison', handler: () => process.kill(process.pid, 'SIGKILL'), options })
engine.register({ name: 'harmless', handler: () => 'fine', options })
if (mode === 'submit') {
  await engine.pause()
  const handles = ['poison', 'harmless'].map((name) => engine.submit({ name, options }, []))
  await Promise.all(handles.map(({ accepted }) => accepted))
  await engine.resume()
}
await engine.drain()
const { tasks } = await engine.list({ status: 'completed' })
const letters = deadLettersOf(engine).list()
await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 })
console.log(JSON.stringify({ completed: tasks.map(({ name }) => name), dead: letters.map(({ name }) => name) }))
