// The example of each framework in the README runs, in a process of its own, and does what it says.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Child, bundled } from './child-process.ts'

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')

/** What a client does with the server of the example, from within its process. */
const client = `
import { once as onceOf } from 'node:events'
if (!server.listening) await onceOf(server, 'listening')
const origin = 'http://127.0.0.1:' + server.address().port
const ask = async (method, path, body, headers = {}) => {
  const response = await fetch(origin + path, {
    method, body, headers: { connection: 'close', 'content-type': 'application/json', ...headers },
  })
  return { status: response.status, json: await response.json() }
}
const welcome = await ask('POST', '/welcome')
console.log('welcome', welcome.status)
console.log('result', (await ask('GET', '/tasks/' + welcome.json.taskId + '/result?waitMs=30000')).json.result)
const body = JSON.stringify({ task: 'email.send', args: ['bo@example.org'] })
console.log('stranger', (await ask('POST', '/tasks', body)).status)
console.log('friend', (await ask('POST', '/tasks', body, { 'x-token': 'secret' })).status)
console.log('added', await app.addTask((a, b) => a + b, [40, 2]).wait())
process.kill(process.pid, 'SIGTERM')
`

describe.each(['express', 'koa', 'hono', 'node'])('the example for %s', (framework) => {
  test('runs', async () => {
    const code = new RegExp(`\`\`\`ts ${framework}\\n([^]*?)\`\`\``).exec(readme)?.[1]
    if (code === undefined) throw new Error(`the README has no example for ${framework}`)
    const stdin = { contents: `${code}${client}`, resolveDir: import.meta.dirname, loader: 'ts' } as const
    const child = new Child(await bundled({ stdin }, `readme-${framework}.ts`))
    expect(await child.ended).toEqual({ code: 0, signal: null })
    expect(child.lines).toEqual([
      'welcome 202',
      'result sent to ada@example.org',
      'stranger 403',
      'friend 202',
      'added 42',
      '{ finished: 0, cutOff: 0 }',
    ])
  })
})
