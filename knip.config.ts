// What is there for nothing: files that nobody reads, exports that nobody imports, dependencies that nobody uses. Below is
// what knip cannot see by itself: files that are started or loaded by their path.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KnipConfig } from 'knip'

type Manifest = { catzilla?: { workers?: string[] } }

/** Programs and modules of a package that its tests start, load or bundle; beside those in folders called fixtures. */
const started: Record<string, string[]> = {
  'packages/compiler': ['fuzz/{child,sweep}.ts', 'fuzz/{mutants,subjects}/*'],
  'packages/core-c': ['scripts/*.mjs'],
  'packages/durable': ['crash/program.ts', 'test/*-program.ts', 'test/{full-disk,other-user}.ts'],
  'packages/engine-bullmq': ['test/*-program.ts'],
  'packages/engine': ['test/isolates/{process,thread}/*.mjs'],
}

/** Files that a package loads by path, as its manifest lists them for the build. */
function workersOf(dir: string): string[] {
  const { catzilla } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest
  return (catzilla?.workers ?? []).map((name) => `src/${name}.ts`)
}

/** Dependencies that are found by their path, not imported. */
const found: Record<string, string[]> = {
  'packages/compiler': ['simple-statistics'], // its functions are read as text
  'packages/core-c': ['node-api-headers'], // by cmake-js
  'packages/engine': ['tsx'], // put into a project of the tests
}

function entriesOf(dir: string): { entry: string[]; ignoreDependencies: string[] } {
  const fixtures = ['test/fixtures', 'test/isolates/fixtures'].filter((folder) => existsSync(join(dir, folder)))
  const below = fixtures.map((folder) => `${folder}/**/*.{ts,mjs,cjs}`)
  return { entry: [...workersOf(dir), ...below, ...(started[dir] ?? [])], ignoreDependencies: found[dir] ?? [] }
}

const packages = readdirSync('packages')
  .map((name) => `packages/${name}`)
  .filter((dir) => existsSync(join(dir, 'package.json')))

const config: KnipConfig = {
  // An export that its own file uses as well is part of how that file reads: the type of a parameter, mostly.
  ignoreExportsUsedInFile: true,
  workspaces: {
    '.': {
      entry: [
        'tools/*.mjs',
        'tools/checks/{cli,sizes}.mjs',
        'tools/generate/*.mjs',
        'tools/{conformance,cross,cross/wine,packed,release}/*.mjs',
      ],
      project: ['tools/**/*.mjs', '*.ts'],
      // run by name, through tools/run.mjs
      ignoreDependencies: ['oxfmt', 'oxlint', 'oxlint-tsgolint'],
    },
    ...Object.fromEntries(packages.map((dir) => [dir, entriesOf(dir)])),
    // found by its path in tests that give the page to a browser
    'apps/dashboard': { ignoreDependencies: ['axe-core'] },
    'apps/bench': { entry: ['src/**/{server,worker,*-thread}.ts'] },
    'apps/demo': { entry: ['data/*.mjs'] },
    // the build of the site starts vitepress and typedoc, and documents show and run the packages and frameworks
    'apps/docs': {
      entry: ['site/.vitepress/config.ts'],
      ignoreDependencies: [
        '@catzilla/.+',
        'typedoc-.+',
        'vue',
        '@hono/node-server',
        '@koa/router',
        '@types/(express|koa)',
        'express',
        'hono',
        'koa',
        'zod',
      ],
    },
    examples: { entry: ['*.ts'], ignoreDependencies: ['tsx'] },
  },
  ignoreIssues: {
    // what is built for this test is imported by its program
    'packages/api/test/fixtures/precompiled/main.mjs': ['unresolved'],
  },
  ignoreBinaries: ['apt-cache', 'apt-get', 'cc', 'ctest', 'dpkg', 'openssl', 'promtool', 'valgrind', 'wineserver'],
}

export default config
