// The projects of users that our packages are installed into: empty but for a program that says hello, and one that goes
// through every door of every package.

/**
 * @typedef {object} Project
 * @property {string} name
 * @property {'npm' | 'pnpm'} manager
 * @property {'esm' | 'cjs' | 'nodenext' | 'bundler'} modules
 * @property {boolean} binary whether the registry has a package with the binary for this machine
 * @property {string[]} [only] the packages it installs; all when absent
 */

/** @type {Project[]} */
export const projects = [
  { name: 'npm, ESM', manager: 'npm', modules: 'esm', binary: true },
  { name: 'npm, CommonJS', manager: 'npm', modules: 'cjs', binary: true },
  { name: 'npm, TypeScript 7 nodenext', manager: 'npm', modules: 'nodenext', binary: true },
  { name: 'npm, TypeScript 6 bundler', manager: 'npm', modules: 'bundler', binary: true },
  { name: 'pnpm, ESM', manager: 'pnpm', modules: 'esm', binary: true },
  { name: 'npm, ESM, no binary', manager: 'npm', modules: 'esm', binary: false },
  { name: 'pnpm, CommonJS, no binary', manager: 'pnpm', modules: 'cjs', binary: false },
  { name: 'npm, ESM, the API alone', manager: 'npm', modules: 'esm', binary: true, only: ['@catzilla/api'] },
]

/** The settings of a TypeScript project, as its manual has them; types of libraries are checked, ours among them. */
export function tsconfigOf(modules) {
  const bundled = { module: 'esnext', moduleResolution: 'bundler' }
  return {
    compilerOptions: {
      ...(modules === 'bundler' ? bundled : { module: 'nodenext' }),
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
      types: ['node'],
      strict: true,
      skipLibCheck: false,
      rootDir: '.',
      outDir: 'out',
    },
    include: ['*.ts'],
  }
}

/**
 * Says for each door how many names it has, then which engine tasks run on, and does something in C where that is there.
 * It prints one line of JSON: `{ doors: { '@catzilla/api': 12 }, engine, passedOver, crc }`.
 */
export function doorsProgram(doors, modules) {
  const load = (door, index) =>
    modules === 'cjs' ? `const door${index} = require('${door}')` : `import * as door${index} from '${door}'`
  const counts = doors.map((door, index) => `  '${door}': Object.keys(door${index}).length,`)
  return `${doors.map(load).join('\n')}

async function main() {
  const tasks = door${doors.indexOf('@catzilla/api')}.createTasks()
  const crc = await tasks.kernel('crc32').delay(new TextEncoder().encode('123456789')).wait()
  const { name: engine, passedOver } = tasks.engineInfo
  await tasks.shutdown()
  const doors = {
  ${counts.join('\n  ')}
  }
  console.log(JSON.stringify({ doors, engine, passedOver, crc }))
}

void main()
`
}

/** The first program of the README, as this kind of project writes it; `stripped` is it without types. */
export function helloProgram(typed, stripped, modules) {
  if (modules === 'nodenext' || modules === 'bundler') return typed
  if (modules === 'esm') return stripped
  const [first, ...rest] = stripped.split('\n')
  const required = first.replace(/^import (.+) from (.+?);?$/, 'const $1 = require($2)')
  return `${required}\nasync function main() {\n${rest.join('\n')}\n}\nvoid main()\n`
}

/** Serves what `top` reads of tasks, of which one has ended, and prints where. */
export const watchedProgram = `import { createServer } from 'node:http'
import { createTasks } from '@catzilla/api'

const tasks = createTasks()
await tasks.task({ name: 'hello' }, () => 'Hello').delay().wait()
const routes = {
  '/tasks/stats': () => tasks.monitor.getStats(),
  '/tasks/health': () => tasks.monitor.health(),
  '/tasks/workers': async () => ({ workers: await tasks.monitor.getWorkerDetails() }),
}
const server = createServer(async ({ url }, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(await routes[url]()))
})
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))
`
