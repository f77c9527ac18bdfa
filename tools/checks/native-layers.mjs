// Which folders of the C engine may include which: `#include "queue/mpmc.h"` in task/ is allowed by the row of task.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, isNativeSource, shown } from './workspace.mjs'

/** What tests in C include besides everything: the files beside them. */
const tests = ['ctest', 'bench']

/**
 * The table, bottom to top. The walk of a task (flow, worker, engine) shares one state struct, so these three see each
 * other; nothing below them does.
 * @type {Record<string, string[]>}
 */
export const nativeLayers = {
  ctz: [],
  base: ['ctz'],
  memory: ['base'],
  platform: ['base', 'memory'],
  queue: ['base', 'memory', 'platform'],
  task: ['ctz', 'base', 'memory', 'platform', 'queue'],
  kernels: ['ctz', 'platform'],
  program: ['ctz', 'memory', 'platform'],
  toolchain: ['ctz', 'memory', 'platform'],
  flow: ['ctz', 'base', 'memory', 'platform', 'queue', 'task', 'worker', 'engine'],
  worker: ['ctz', 'base', 'memory', 'platform', 'queue', 'task', 'flow', 'engine'],
  engine: ['ctz', 'base', 'memory', 'platform', 'queue', 'task', 'flow', 'worker', 'kernels'],
  binding: ['ctz', 'memory'],
}

/** Stand alone: users copy them, or compile against them without anything else of ours. */
const alone = new Set(['include/ctz/kernel.h'])

export function checkNativeLayers(root, table = nativeLayers) {
  const home = join(root, 'packages', 'core-c')
  return filesBelow(home)
    .filter(isNativeSource)
    .flatMap((path) => fileProblems(shown(home, path), readFileSync(path, 'utf8'), table))
}

function fileProblems(name, text, table) {
  const parts = name.split('/')
  const folder = ['csrc', 'include'].includes(parts[0]) ? parts[1] : parts[0]
  if (tests.includes(folder) || folder === 'cmake') return []
  const allowed = table[folder]
  if (allowed === undefined) return [`packages/core-c/${name}: ${folder} is not in the table of native layers`]
  return text.split('\n').flatMap((line, index) => {
    const included = /^\s*#\s*include\s+"([^"]+)"/.exec(line)?.[1]
    if (included === undefined) return []
    const target = included.includes('/') ? included.split('/')[0] : folder
    const fine = alone.has(name) ? false : target === folder || allowed.includes(target)
    return fine ? [] : [`packages/core-c/${name}:${index + 1}: ${folder} may not include "${included}"`]
  })
}
