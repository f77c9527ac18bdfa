// Tests run on the TypeScript sources: every door of every package is an alias of the source its `exports` name, so
// there is no build between an edit and its test. A package or app becomes a project by having a test/ folder.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { defineConfig } from 'vitest/config'

type Manifest = { name: string; exports?: Record<string, string | Record<string, unknown>> }

const root = import.meta.dirname
const groups = ['packages', 'apps'].map((group) => join(root, group))
const folders = groups.flatMap((group) => readdirSync(group).map((dir) => join(group, dir)))
const singles = ['examples', 'test-kit'].map((dir) => join(root, dir))
const members = [...folders, ...singles].filter((dir) => existsSync(join(dir, 'package.json')))

function aliases(dir: string): { find: RegExp; replacement: string }[] {
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest
  return Object.entries(manifest.exports ?? {}).flatMap(([door, target]) => {
    const source = typeof target === 'object' ? target['@catzilla/source'] : undefined
    if (typeof source !== 'string') return []
    return { find: new RegExp(`^${manifest.name}${door.slice(1)}$`), replacement: join(dir, source) }
  })
}

// A hang is found all the same, and a slow machine fails nothing: how fast things are is for the benchmarks to say. Thousands
// of random programs have taken longer than a minute on a machine with ten times more to do than it has processors.
const limits = { testTimeout: 300_000, hookTimeout: 300_000 }

const alias = members.flatMap((dir) => aliases(dir))

/** Apps whose tests open a browser, which is brought along where there is none. */
const inBrowser = new Set(['dashboard', 'docs'])

const projects = members
  .filter((dir) => existsSync(join(dir, 'test')))
  .map((dir) => ({
    root: dir,
    resolve: { alias },
    test: {
      name: basename(dir),
      pool: 'forks' as const,
      ...limits,
      include: ['test/**/*.test.ts'],
      globalSetup: inBrowser.has(basename(dir)) ? [join(root, 'tools/bring-chromium.mjs')] : [],
      typecheck: {
        enabled: true,
        include: ['test/**/*.test-d.ts'],
        tsconfig: join(dir, 'tsconfig.json'),
        checker: 'tsc' as const,
      },
    },
  }))

// Many tests wait more than they work, so two files at a time even where one processor is left over.
const maxWorkers = Math.max(2, availableParallelism())

export default defineConfig({
  test: {
    maxWorkers,
    reporters: ['default', './tools/plain-reporter.mjs'],
    coverage: { provider: 'v8', include: ['packages/*/src/**'], reporter: ['text-summary', 'lcov'] },
    projects: [
      ...projects,
      {
        root: join(root, 'tools'),
        test: {
          name: 'tools',
          pool: 'forks' as const,
          ...limits,
          include: ['*.test.mjs', '{checks,conformance,generate,release}/*.test.mjs'],
        },
      },
      {
        // needs `npm run build`: these are the packages as users install them
        root: join(root, 'tools', 'packed'),
        test: { name: 'packed', pool: 'forks' as const, ...limits, include: ['*.test.mjs'] },
      },
    ],
  },
})
