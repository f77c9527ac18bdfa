// `node --import tools/cross/wine/vitest-hook.mjs tools/cross/wine/run-tests.mjs FILE`: runs a file of tests as vitest would. Each
// file has a process of its own there too. Prints what fails, and how many there were.
import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import { startTests } from './vitest-parts.mjs'

// as vitest.config.ts has it: a hang is found all the same
const limits = { testTimeout: 300_000, hookTimeout: 300_000 }
const counts = { pass: 0, fail: 0, skip: 0 }

class Runner {
  config = {
    root: process.cwd(),
    setupFiles: [],
    passWithNoTests: false,
    allowOnly: false,
    sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
    maxConcurrency: 1,
    retry: 0,
    tags: [],
    strictTags: false,
    ...limits,
  }
  importFile(file) {
    return import(pathToFileURL(file).href)
  }
}

const [name] = process.argv.slice(2)
const [file] = await startTests([resolve(name)], new Runner())
count(file, [name])
console.log(`${name}: ${counts.pass} passed, ${counts.fail} failed, ${counts.skip} skipped`)
process.exitCode = counts.fail === 0 && counts.pass > 0 ? 0 : 1

function count(task, path) {
  const errors = task.result?.errors ?? []
  for (const error of errors) console.error(`${path.join(' > ')}\n${error.stack ?? error.message}\n`)
  if (task.type === 'test') counts[task.result?.state ?? 'skip']++
  else if (errors.length > 0) counts.fail++
  for (const child of task.tasks ?? []) count(child, [...path, child.name])
}
