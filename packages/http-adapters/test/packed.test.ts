// The packages as they are published, in a folder of their own: each edge as an ES module and as CommonJS, without the
// optional monitor, and what needs no framework in a folder that has none.
import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const ours = ['engine', 'api', 'http-adapters']
const unbuilt = ours.filter((name) => !existsSync(join(packages, name, 'dist/index.js')))
if (unbuilt.length > 0) process.stdout.write(`tests on packed packages are skipped: no dist in ${unbuilt.join(', ')}\n`)

const root = await mkdtemp(join(realpathSync(tmpdir()), 'catzilla-http-packed-'))
const withFrameworks = join(root, 'with')
const without = join(root, 'without')

beforeAll(async () => {
  if (unbuilt.length > 0) return
  await Promise.all(ours.map((name) => install(withFrameworks, name)))
  await cp(withFrameworks, without, { recursive: true })
  const needed = [
    ['@standard-schema/spec', 'api'],
    ['croner', 'api'],
    ['acorn', 'engine'],
  ] as const
  const everywhere = [withFrameworks, without]
  await Promise.all(everywhere.flatMap((folder) => needed.map(([name, from]) => link(folder, name, from))))
  const frameworks = ['express', 'koa', 'hono', '@hono/node-server']
  await Promise.all(frameworks.map((name) => link(withFrameworks, name, 'http-adapters')))
}, 300_000)

afterAll(() => rm(root, { recursive: true, force: true }))

async function install(folder: string, name: string): Promise<void> {
  const target = join(folder, 'node_modules/@catzilla', name)
  await mkdir(target, { recursive: true })
  const pack = ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', target]
  const { stdout } = await run('npm', pack, { cwd: join(packages, name), shell: process.platform === 'win32' })
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string }]
  await run('tar', ['-xzf', packed.filename, '--strip-components', '1'], { cwd: target })
}

async function link(folder: string, name: string, from: string): Promise<void> {
  const target = join(folder, 'node_modules', name)
  await mkdir(dirname(target), { recursive: true })
  await symlink(await realpath(join(packages, from, 'node_modules', name)), target, 'junction')
}

async function printedBy(folder: string, file: string, code: string): Promise<string> {
  await writeFile(join(folder, file), code)
  // pnpm's NODE_PATH would let `require` find what is not installed here
  const { NODE_OPTIONS: _, VITEST: __, NODE_PATH: ___, ...env } = process.env
  const { stdout, stderr } = await run(process.execPath, [file], {
    cwd: folder,
    env: { ...env, CATZILLA_ENGINE: 'typescript' },
  })
  expect(stderr).toBe('')
  return stdout
}

/** How each framework is made to listen, after `tasks` and `taskRoutes` are there. */
const servers: Readonly<Record<string, string>> = {
  express: "const server = express().use(taskRoutes(tasks)).listen(0, '127.0.0.1')",
  koa: "const server = new Koa().use(taskRoutes(tasks)).listen(0, '127.0.0.1')",
  hono: "const server = createAdaptorServer(new Hono().use(taskRoutes(tasks))).listen(0, '127.0.0.1')",
  node: "const server = createServer(taskRoutes(tasks)).listen(0, '127.0.0.1')",
}

/** Each name with the package it comes from; `default` for a package that is one thing. */
const names: Readonly<Record<string, readonly (readonly [name: string, from: string, isDefault?: true])[]>> = {
  express: [['express', 'express', true]],
  koa: [['Koa', 'koa', true]],
  hono: [
    ['Hono', 'hono'],
    ['createAdaptorServer', '@hono/node-server'],
  ],
  node: [['createServer', 'node:http']],
}

const program = (framework: string): string => `
const tasks = createTasks()
${servers[framework] ?? ''}
server.once('listening', async () => {
  const url = 'http://127.0.0.1:' + server.address().port + '/tasks'
  for (const path of ['/health', '/stats', '/stats?shape=flat', '/metrics', '/workers', '/dashboard/']) {
    const response = await fetch(url + path, { headers: { connection: 'close' } })
    const { detail } = await response.json()
    console.log(path, response.status, response.status === 501 ? /npm install .*/.exec(detail)[0] : '')
  }
  const { requests } = await gracefulShutdown(server, tasks).shutdown()
  console.log(requests.cutOff)
})
`

describe.skipIf(unbuilt.length > 0)('installed', () => {
  const expected = `/health 200 
/stats 501 npm install @catzilla/monitor
/stats?shape=flat 200 
/metrics 501 npm install @catzilla/monitor
/workers 501 npm install @catzilla/monitor
/dashboard/ 501 npm install @catzilla/monitor
0
`

  test.each(['express', 'koa', 'hono', 'node'])('the edge for %s works as an ES module', async (framework) => {
    const imports = (names[framework] ?? []).map(([name, from, isDefault]) =>
      isDefault === true ? `import ${name} from '${from}'` : `import { ${name} } from '${from}'`,
    )
    const own = `import { createTasks } from '@catzilla/api'
import { gracefulShutdown, taskRoutes } from '@catzilla/http-adapters/${framework}'`
    const code = [own, ...imports, program(framework)].join('\n')
    expect(await printedBy(withFrameworks, `${framework}.mjs`, code)).toBe(expected)
  })

  test.each(['express', 'koa', 'hono', 'node'])('the edge for %s works as CommonJS', async (framework) => {
    const imports = (names[framework] ?? []).map(([name, from, isDefault]) =>
      isDefault === true ? `const ${name} = require('${from}')` : `const { ${name} } = require('${from}')`,
    )
    const own = `const { createTasks } = require('@catzilla/api')
const { gracefulShutdown, taskRoutes } = require('@catzilla/http-adapters/${framework}')`
    const code = [own, ...imports, program(framework)].join('\n')
    expect(await printedBy(withFrameworks, `${framework}.cjs`, code)).toBe(expected)
  })

  test('frameworks are asked for by their own doors alone', async () => {
    const code = `import { createTasks } from '@catzilla/api'
import { createTaskHttp } from '@catzilla/http-adapters'
import { taskRoutes } from '@catzilla/http-adapters/node'
console.log(typeof createTaskHttp(createTasks()).handle, typeof taskRoutes)
for (const framework of ['express', 'koa', 'hono']) {
  await import('@catzilla/http-adapters/' + framework).catch(({ code }) => console.log(framework, code))
}
`
    expect(await printedBy(without, 'bare.mjs', code)).toBe(`function function
express ERR_MODULE_NOT_FOUND
koa ERR_MODULE_NOT_FOUND
hono ERR_MODULE_NOT_FOUND
`)
  })
})
