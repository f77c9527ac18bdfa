// Each check is shown to fail: violations are planted in a small workspace of its own, and the check must name them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkCycles } from './cycles.mjs'
import { checkExports } from './exports.mjs'
import { checkFiles } from './files.mjs'
import { checkGenerated } from './generated.mjs'
import { checkLayers } from './layers.mjs'
import { checkNativeLayers } from './native-layers.mjs'
import { checkPromises } from './promises.mjs'
import { checkTraces } from './traces.mjs'

let root

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catzilla checks '))
  plantPackage('engine', { exports: { '.': door('index'), './testing': door('testing') } })
  plantPackage('api', { dependencies: { '@catzilla/engine': 'workspace:^' } })
  plantPackage('monitor', { devDependencies: { '@catzilla/engine': 'workspace:^' } })
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('layers', () => {
  const cases = [
    ['api', 'src/a.ts', `import { x } from '@catzilla/engine'`, undefined],
    ['api', 'src/a.ts', `import { x } from '@catzilla/engine/src/x.ts'`, 'is not a public door'],
    ['api', 'src/a.ts', `export * from '@catzilla/engine/dist/index.js'`, 'is not a public door'],
    ['api', 'src/a.ts', `import { x } from '../../engine/src/index.ts'`, 'reaches out of @catzilla/api'],
    ['api', 'src/a.ts', `import { x } from '../test/x.ts'`, 'reaches out of src'],
    ['api', 'test/a.test.ts', `import { x } from '../src/index.ts'`, undefined],
    ['api', 'src/a.ts', `import { x } from '@catzilla/engine/testing'`, 'is for tests'],
    ['api', 'src/testing/a.ts', `import { x } from '@catzilla/engine/testing'`, undefined],
    ['api', 'src/testing.ts', `import { x } from '@catzilla/engine/testing'`, undefined],
    ['api', 'test/a.test.ts', `import { x } from '@catzilla/engine/testing'`, undefined],
    ['api', 'src/a.ts', `import left from 'left-pad'`, 'left-pad is not declared'],
    ['api', 'src/a.ts', `const left = require('left-pad/deep')`, 'left-pad is not declared'],
    ['api', 'src/a.ts', `let x: import('left-pad').Left`, 'left-pad is not declared'],
    ['api', 'src/a.ts', `import fs from 'node:fs'`, undefined],
    ['api', 'src/a.ts', `import { test } from 'vitest'`, 'vitest is not declared'],
    ['api', 'test/a.test.ts', `import { test } from 'vitest'`, undefined],
    ['engine', 'test/a.test.ts', `import { x } from '@catzilla/api'`, '@catzilla/api is not declared'],
  ]

  test.each(cases)('%s, %s: %s', (name, file, text, problem) => {
    plant(`packages/${name}/${file}`, `// One line.\n${text}\n`)
    const expected = [problem].filter(Boolean).map((part) => expect.stringContaining(part))
    const problems = checkLayers(root)
    expect(problems).toEqual(expected)
    expect(problems.filter((found) => !found.startsWith(`packages/${name}/${file}:2: `))).toEqual([])
  })

  test('the monitor may name the types of the engine and nothing else', () => {
    plantPackage('monitor', { dependencies: { '@catzilla/engine': 'workspace:^' } })
    plant(
      'packages/monitor/src/a.ts',
      `import type { X } from '@catzilla/engine'\nlet y: import('@catzilla/engine').Y\n`,
    )
    expect(checkLayers(root)).toEqual([])
    plant('packages/monitor/src/a.ts', `import { type X } from '@catzilla/engine'\n`)
    expect(checkLayers(root)).toEqual([expect.stringContaining('only types of @catzilla/engine')])
  })

  test('the engine loads the native core late, and only as an option', () => {
    plantPackage('core-c', {})
    plantPackage('engine', { optionalDependencies: { '@catzilla/core-c': 'workspace:^' } })
    const place = 'packages/engine/src/native/load-core.ts'
    for (const loading of [`createRequire(import.meta.url)('@catzilla/core-c')`, `await import('@catzilla/core-c')`]) {
      plant(place, `import type { X } from '@catzilla/core-c'\nconst core = ${loading}\n`)
      expect(checkLayers(root)).toEqual([])
      plant('packages/engine/src/a.ts', `import type { X } from '@catzilla/core-c'\nconst core = ${loading}\n`)
      expect(checkLayers(root)).toEqual([expect.stringMatching(/a\.ts:2: .* only in src\/native\/load-core\.ts/)])
      plant('packages/engine/src/a.ts', '')
    }
    plant(place, `import core from '@catzilla/core-c'\n`)
    expect(checkLayers(root)).toEqual([expect.stringContaining('only by import() or require()')])
    plant(place, '')
    plantPackage('engine', { dependencies: { '@catzilla/core-c': 'workspace:^' } })
    expect(checkLayers(root)).toEqual([expect.stringContaining('@catzilla/core-c must be optional')])
  })

  test('the native core stands alone', () => {
    plantPackage('core-c', { dependencies: { '@catzilla/engine': 'workspace:^' } })
    plant('packages/core-c/src/a.ts', `import type { X } from '@catzilla/engine'\n`)
    expect(checkLayers(root)).toEqual([
      expect.stringContaining('@catzilla/core-c may not depend on @catzilla/engine'),
      expect.stringContaining('@catzilla/core-c may not import @catzilla/engine'),
    ])
  })

  test('a dependency against the table fails without any import', () => {
    plantPackage('engine', { dependencies: { '@catzilla/api': '^1.0.0' } })
    expect(checkLayers(root)).toEqual([
      expect.stringContaining('@catzilla/engine may not depend on @catzilla/api'),
      expect.stringContaining('not asked for by "workspace:"'),
    ])
  })

  test('an app goes through declared public doors', () => {
    plantPackage(
      'demo',
      { dependencies: { '@catzilla/api': 'workspace:^', '@catzilla/engine': 'workspace:^' } },
      'apps',
    )
    plant('apps/demo/src/main.ts', `import '@catzilla/engine'\nimport '@catzilla/api/src/index.ts'\n`)
    expect(checkLayers(root)).toEqual([
      expect.stringContaining('@catzilla/demo may not depend on @catzilla/engine'),
      expect.stringContaining('@catzilla/demo may not import @catzilla/engine'),
      expect.stringContaining('is not a public door of @catzilla/api'),
    ])
  })

  test('what tests share is for tests', () => {
    plantPackage('test-kit', { exports: { './gate': door('gate') } }, '.')
    plantPackage('engine', { devDependencies: { '@catzilla/test-kit': 'workspace:*' } })
    plant('packages/engine/test/a.test.ts', `import { Gate } from '@catzilla/test-kit/gate'\n`)
    expect(checkLayers(root)).toEqual([])
    plant('packages/engine/test/a.test.ts', `import { Gate } from '@catzilla/test-kit/src/gate.ts'\n`)
    plantPackage('api', { dependencies: { '@catzilla/test-kit': 'workspace:*' } })
    plant('packages/api/src/a.ts', `import { Gate } from '@catzilla/test-kit/gate'\n`)
    expect(checkLayers(root)).toEqual([
      expect.stringContaining('@catzilla/api may not depend on @catzilla/test-kit'),
      expect.stringContaining('a.ts:1: @catzilla/test-kit is for tests'),
      expect.stringContaining('is not a public door'),
    ])
  })

  test('a package that nobody placed fails', () => {
    plantPackage('stray', {})
    expect(checkLayers(root)).toEqual([expect.stringContaining('@catzilla/stray is not in the table')])
  })
})

describe('layers of C', () => {
  const cases = [
    ['csrc/queue/a.c', '"memory/a.h"', undefined],
    ['csrc/queue/a.c', '"queue/a.h"', undefined],
    ['csrc/queue/a.c', '<stdio.h>', undefined],
    ['csrc/queue/a.c', '"engine/a.h"', 'queue may not include "engine/a.h"'],
    ['csrc/worker/a.c', '"flow/a.h"', undefined],
    ['include/ctz/a.h', '"ctz/b.h"', undefined],
    ['include/ctz/a.h', '"queue/b.h"', 'ctz may not include "queue/b.h"'],
    ['include/ctz/kernel.h', '"ctz/status.h"', 'ctz may not include "ctz/status.h"'],
    ['binding/a.cc', '"reader.h"', undefined],
    ['binding/a.cc', '"queue/a.h"', 'binding may not include "queue/a.h"'],
    ['ctest/unit/a.c', '"queue/a.c"', undefined],
    ['csrc/stray/a.c', '"queue/a.h"', 'stray is not in the table'],
  ]

  test.each(cases)('%s: #include %s', (file, included, problem) => {
    plant(`packages/core-c/${file}`, `#include ${included}\n`)
    const expected = [problem].filter(Boolean).map((part) => expect.stringContaining(part))
    expect(checkNativeLayers(root)).toEqual(expected)
  })
})

describe('cycles', () => {
  test('a cycle of values is found, a circle of types is not one', () => {
    plant('packages/api/src/a.ts', `import { b } from './b.ts'\nexport const a = () => b\n`)
    plant('packages/api/src/b.ts', `import { c } from './c.ts'\nexport const b = () => c\n`)
    plant('packages/api/src/c.ts', `import type { a } from './a.ts'\nexport const c = 1 as unknown as typeof a\n`)
    expect(checkCycles(root)).toEqual([])
    plant('packages/api/src/c.ts', `import { a } from './a.ts'\nexport const c = () => a\n`)
    expect(checkCycles(root).join('\n')).toContain('packages/api/src/a.ts')
  })
})

describe('exports', () => {
  test('a door without source, of the wrong shape or as a pattern is found, and a missing licence', () => {
    plant('packages/engine/src/testing.ts', '')
    expect(checkExports(root)).toEqual([])
    rmSync(join(root, 'packages/monitor/LICENSE'))
    expect(checkExports(root)).toEqual(['packages/monitor/package.json: no LICENSE beside it'])
    plantPackage('monitor', {})
    plantPackage('api', { exports: { '.': { ...door('index'), default: './dist/index.js' } } })
    expect(checkExports(root)).toEqual([expect.stringContaining('door "." should be')])
    plantPackage('api', { exports: { '.': door('index'), './*': door('*'), './gone': door('gone') } })
    expect(checkExports(root)).toEqual([
      expect.stringContaining('door "./*" is a pattern'),
      expect.stringContaining('./src/gone.ts does not exist'),
    ])
  })
})

describe('platform packages', () => {
  const name = '@catzilla/core-c-linux-x64-gnu'
  const asking = { version: '1.0.0', optionalDependencies: { [name]: 'workspace:*' } }
  const binary = { name, version: '1.0.0', os: ['linux'], cpu: ['x64'], libc: ['glibc'] }

  beforeEach(() => {
    plant('packages/engine/src/testing.ts', '')
    plantPackage('core-c', asking)
    plant('packages/core-c/npm/linux-x64-gnu/package.json', JSON.stringify(binary))
    plant('packages/core-c/npm/linux-x64-gnu/LICENSE', 'MIT')
  })

  test('one that is asked for and fits passes', () => expect(checkExports(root)).toEqual([]))

  test('one for another platform, of another version or without licence is found', () => {
    plant('packages/core-c/npm/linux-x64-gnu/package.json', JSON.stringify({ ...binary, cpu: ['arm64'] }))
    expect(checkExports(root)).toEqual([expect.stringContaining('cpu should be ["x64"]')])
    plant('packages/core-c/npm/linux-x64-gnu/package.json', JSON.stringify({ ...binary, version: '1.0.1' }))
    rmSync(join(root, 'packages/core-c/npm/linux-x64-gnu/LICENSE'))
    expect(checkExports(root)).toEqual([
      expect.stringContaining('npm/linux-x64-gnu has no LICENSE'),
      expect.stringContaining('version should be "1.0.0"'),
    ])
  })

  test('one that is not asked for, or not there, is found', () => {
    plantPackage('core-c', { version: '1.0.0' })
    expect(checkExports(root)).toEqual([expect.stringContaining(`${name} is not asked for`)])
    plantPackage('core-c', asking)
    rmSync(join(root, 'packages/core-c/npm'), { recursive: true })
    expect(checkExports(root)).toEqual([expect.stringContaining(`${name} has no folder in npm/`)])
  })
})

describe('files', () => {
  test('a long file fails unless it is excepted, and an exception must be needed', () => {
    const name = 'packages/api/src/long.ts'
    plant(name, 'export {}\n'.repeat(351))
    expect(checkFiles(root)).toEqual([`${name}: 351 lines, the limit is 350`])
    expect(checkFiles(root, { [name]: 'a table' })).toEqual([])
    plant(name, 'export {}\n'.repeat(350))
    expect(checkFiles(root)).toEqual([])
    expect(checkFiles(root, { [name]: 'a table', 'gone.ts': 'a table' })).toEqual([
      expect.stringContaining('needs no exception'),
      expect.stringContaining('no such file'),
    ])
  })

  test.each(['csrc/ring.c', 'include/ring.h', 'binding/ring.cc', 'cmake/Ring.cmake', 'CMakeLists.txt'])(
    '%s has a limit too, and a test in C its own',
    (name) => {
      plant(`packages/core-c/${name}`, '\n\n'.repeat(200) + 'x\n')
      plant('packages/core-c/ctest/unit/ring_test.c', '\n\n'.repeat(200) + 'x\n')
      expect(checkFiles(root)).toEqual([`packages/core-c/${name}: 401 lines, the limit is 350`])
    },
  )

  test('the binding has a limit as a whole', () => {
    for (const name of ['addon.cc', 'reader.h', 'reader.cc', 'convert.cc'])
      plant(`packages/core-c/binding/${name}`, 'x\n'.repeat(250))
    expect(checkFiles(root)).toEqual([])
    plant('packages/core-c/binding/convert.h', 'x\n')
    expect(checkFiles(root)).toEqual(['packages/core-c/binding: 1001 lines in all, the limit is 1000'])
  })

  test('a folder of it with a limit of its own does not count', () => {
    for (const name of ['addon.cc', 'programs/values.cc', 'programs/values.h'])
      plant(`packages/core-c/binding/${name}`, 'x\n'.repeat(350))
    plant('packages/core-c/binding/reader.cc', 'x\n'.repeat(350))
    expect(checkFiles(root)).toEqual(['packages/core-c/binding/programs: 700 lines in all, the limit is 600'])
  })

  test('a kind of file that nobody placed fails', () => {
    plant('packages/api/src/fast.zig', '')
    expect(checkFiles(root)).toEqual([
      'packages/api/src/fast.zig: of a kind that tools/checks/workspace.mjs does not know',
    ])
  })

  test('what is built is not looked at', () => {
    plant('packages/core-c/build-dev/CMakeFiles/probe.c', 'x\n'.repeat(999))
    expect(checkFiles(root)).toEqual([])
  })

  test('generated files may be long', () => {
    plant('packages/api/src/table.generated.ts', 'export {}\n'.repeat(999))
    expect(checkFiles(root)).toEqual([])
  })

  test('empty names fail, as a file and as a folder', () => {
    plant('packages/api/src/utils.ts', '')
    plant('packages/api/src/helpers/clock.ts', '')
    expect(checkFiles(root)).toHaveLength(2)
  })
})

describe('generated', () => {
  const name = 'docs/list.generated.md'
  const list = [{ script: 'generate.mjs', writes: [name] }]

  beforeEach(() => plant('generate.mjs', `import fs from 'node:fs'\nfs.writeFileSync('${name}', 'today')\n`))

  test('a fresh file passes, and a repository without generators too', () => {
    expect(checkGenerated(root, [])).toEqual([])
    plant(name, 'today')
    expect(checkGenerated(root, list)).toEqual([])
  })

  test('a stale file fails and is left as it was', () => {
    plant(name, 'yesterday')
    expect(checkGenerated(root, list)).toEqual([`${name}: stale, run \`node generate.mjs\``])
    expect(readFileSync(join(root, name), 'utf8')).toBe('yesterday')
  })

  test('a file without a generator fails, and a generator that fails', () => {
    plant(name, 'today')
    expect(checkGenerated(root, [])).toEqual([expect.stringContaining('no generator')])
    plant('generate.mjs', `throw new Error('broken')\n`)
    expect(checkGenerated(root, list)).toEqual([expect.stringContaining('broken')])
  })
})

describe('promises', () => {
  const page = (shown) =>
    plant('docs/promises.md', `| promise | | shown by |\n| --- | --- | --- |\n| S1: x | kept | ${shown} |\n`)
  beforeEach(() => plant('packages/api/test/task.test.ts', `test('it works', () => {})\ntest('it\\'s so', () => {})\n`))

  test('a title that stands in its test passes, also the next one of the same file', () => {
    page('api/task "it works"; "it\'s so"')
    expect(checkPromises(root)).toEqual([])
  })

  test.each(['api/task "it flies"', 'api/other "it works"', 'nowhere/task "it works"', 'believe me'])(
    '%s fails',
    (shown) => {
      page(shown)
      expect(checkPromises(root)).toHaveLength(1)
    },
  )

  test('a page without promises, or no page, fails', () => {
    expect(checkPromises(root)).toHaveLength(1)
    plant('docs/promises.md', 'none')
    expect(checkPromises(root)).toHaveLength(1)
  })
})

describe('traces', () => {
  const folders = ['work', 'root', 'home/cat', 'Users/cat']

  test.each(folders)('a path below /%s fails', (folder) => {
    plant('docs/a.md', `first\nsee /${folder}/main/x.ts\n`)
    expect(checkTraces(root)).toEqual([`docs/a.md:2: names /${folder}/`])
  })

  test('in C as anywhere', () => {
    plant('packages/core-c/csrc/a.c', `#include "/${folders[0]}/x.h"\n`)
    expect(checkTraces(root)).toHaveLength(1)
  })

  test('relative paths and addresses pass', () => {
    plant('docs/a.md', `./work/x ../root/x a/work/b https://example.org/root/x\n`)
    expect(checkTraces(root)).toEqual([])
  })

  test('an address in the lockfile fails', () => {
    plant('pnpm-lock.yaml', `resolution: { tarball: https://registry.example/x.tgz }\n`)
    expect(checkTraces(root)).toHaveLength(1)
  })
})

function plant(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function plantPackage(name, manifest, group = 'packages') {
  const own = { name: `@catzilla/${name}`, exports: { '.': door('index') }, ...manifest }
  own.exports['./package.json'] = './package.json'
  plant(`${group}/${name}/package.json`, JSON.stringify(own))
  plant(`${group}/${name}/src/index.ts`, '')
  plant(`${group}/${name}/LICENSE`, 'MIT')
}

function door(name) {
  return {
    '@catzilla/source': `./src/${name}.ts`,
    import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
    require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
  }
}
