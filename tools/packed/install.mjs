// One project of a user: set up in an empty folder, installed from a registry, checked by TypeScript where it is written in
// it, and run.
import { transform } from 'esbuild'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execute } from './execute.mjs'
import { doorsProgram, helloProgram, tsconfigOf } from './projects.mjs'

/** What the types of `@catzilla/http-adapters` are written for, which users of it have. */
const frameworks = ['express', 'hono', 'koa']
const types = ['@types/express', '@types/koa', '@types/node']

/**
 * @param {{ root: string, folder: string, registry: string, packages: import('./pack.mjs').PublicPackage[] }} place
 * `folder`: an empty one
 * @param {import('./projects.mjs').Project} project
 * @returns {Promise<{ hello: string, doors: Record<string, number>, engine: string, passedOver: unknown[], crc: number }>}
 */
export async function installAndRun(place, project) {
  const { folder } = place
  const chosen = place.packages.filter(({ name }) => project.only?.includes(name) ?? true)
  const typed = project.modules === 'nodenext' || project.modules === 'bundler'
  const extension = { esm: 'js', cjs: 'js', nodenext: 'ts', bundler: 'ts' }[project.modules]
  await mkdir(folder, { recursive: true })
  const manifest = {
    name: 'project',
    version: '1.0.0',
    private: true,
    type: project.modules === 'cjs' ? 'commonjs' : 'module',
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(folder, '.npmrc'), settingsOf(place.registry, folder, project.manager))
  const code = await readmeProgram(place.root)
  const stripped = (await transform(code, { loader: 'ts', format: 'esm' })).code
  await writeFile(join(folder, `hello.${extension}`), helloProgram(code, stripped, project.modules))
  const doors = chosen.flatMap((found) => found.doors)
  await writeFile(join(folder, `doors.${extension}`), doorsProgram(doors, project.modules))
  const beside = project.only === undefined ? [...frameworks, ...(typed ? types : [])] : []
  await install(folder, project.manager, [...chosen.map(({ name }) => name), ...beside])
  const programs = typed ? await compile(place, project.modules) : { hello: 'hello.js', doors: 'doors.js' }
  const said = JSON.parse(await printed(folder, programs.doors))
  return { ...said, hello: await printed(folder, programs.hello) }
}

/** The block marked `ts hello`, which both READMEs begin with. */
async function readmeProgram(root) {
  const [code, again] = await Promise.all(
    ['README.md', 'packages/api/README.md'].map(async (path) => {
      const [, block] = /```ts hello\n([\s\S]*?)```/.exec(await readFile(join(root, path), 'utf8')) ?? []
      if (block === undefined) throw new Error(`${path} has no block \`\`\`ts hello`)
      return block
    }),
  )
  if (code !== again) throw new Error('README.md and packages/api/README.md begin with different programs')
  return code
}

/** Nothing of what this machine has stored before is used. */
function settingsOf(registry, folder, manager) {
  const stores = manager === 'npm' ? ['cache=.cache'] : ['store-dir=.store', 'cache-dir=.cache']
  const own = stores.map((setting) => setting.replace('=', `=${folder}/`))
  return [
    `registry=${registry}`,
    ...own,
    'audit=false',
    'fund=false',
    'update-notifier=false',
    'fetch-retries=0',
    '',
  ].join('\n')
}

async function install(folder, manager, names) {
  const command = manager === 'npm' ? ['npm', 'install', '--ignore-scripts'] : ['pnpm', 'add', '--ignore-scripts']
  await execute(folder, [...command, ...names])
}

/** Checks the types of a project, and makes programs that Node can run of it. */
async function compile({ root, folder }, modules) {
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfigOf(modules)))
  const compiler = modules === 'nodenext' ? 'typescript/bin/tsc' : '@typescript/typescript6/lib/tsc.js'
  await checkTypes(folder, [process.execPath, join(root, 'node_modules', compiler)])
  if (modules === 'bundler') await bundle(root, folder)
  return { hello: 'out/hello.js', doors: 'out/doors.js' }
}

/** Declarations of libraries are checked with the project. What is wrong in those of other people is theirs to repair. */
async function checkTypes(folder, command) {
  const failure = await execute(folder, command).catch((error) => error)
  const problems = String(failure.message ?? '')
    .split('\n')
    .filter((line) => line.includes(': error TS'))
  const concerning = problems.filter((line) => !/^node_modules\/(?!@catzilla\/)/.test(line))
  if (concerning.length > 0 || (failure instanceof Error && problems.length === 0)) throw failure
}

/** The first program with everything it uses in one file; some doors lead to binaries, which no bundler takes in. */
async function bundle(root, folder) {
  const esbuild = [join(root, 'node_modules', '.bin', 'esbuild'), '--bundle', '--platform=node', '--format=esm']
  await execute(folder, [...esbuild, 'hello.ts', '--outfile=out/hello.js', '--allow-overwrite'])
  await execute(folder, [...esbuild, '--packages=external', 'doors.ts', '--outfile=out/doors.js', '--allow-overwrite'])
}

async function printed(folder, program) {
  return await execute(folder, [process.execPath, program])
}
