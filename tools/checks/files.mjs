// Source files, in whatever language, stay short and are named after what they hold.
import { readFileSync } from 'node:fs'
import { committedFiles, isGenerated, isOtherFile, isSourceFile, isTestFile, shown } from './workspace.mjs'

/** Lines a file may have. Tests list cases, so they may be longer, but not without end. */
const limits = { source: 350, test: 600 }

/**
 * Lines that all files of a folder may have together, blank ones and comments included; a folder within it that has a limit
 * of its own does not count. The binding only translates: what grows there is logic that belongs in C or in TypeScript.
 */
export const folderLimits = {
  'packages/core-c/binding': 1000,
  'packages/core-c/binding/graphs': 100,
  'packages/core-c/binding/memory': 75,
  'packages/core-c/binding/programs': 600,
  'packages/core-c/binding/series': 30,
  'packages/core-c/binding/toolchain': 275,
  'packages/core-c/binding/waking': 320,
  'packages/core-c/binding/windows': 30,
}

/**
 * Files that are longer, each with its reason. One that has become short again must leave this list.
 * @type {Record<string, string>}
 */
export const longFiles = {}

/** Names that say nothing of what is inside. */
const emptyNames = new Set(['util', 'utils', 'common', 'helper', 'helpers', 'misc', 'manager', 'managers'])

export function checkFiles(root, exceptions = longFiles) {
  const committed = committedFiles(root).filter((path) => !isGenerated(path))
  const files = committed.filter(isSourceFile)
  const names = files.map((path) => shown(root, path))
  return [
    // So that sources of a new kind cannot slip past the checks.
    ...committed
      .filter((path) => !isSourceFile(path) && !isOtherFile(path))
      .map((path) => `${shown(root, path)}: of a kind that tools/checks/workspace.mjs does not know`),
    ...files.flatMap((path, index) => fileProblems(path, names[index], exceptions)),
    ...Object.entries(folderLimits).flatMap(([folder, limit]) => {
      const inner = Object.keys(folderLimits).filter((other) => other.startsWith(`${folder}/`))
      const isInside = (name) => name.startsWith(`${folder}/`) && !inner.some((other) => name.startsWith(`${other}/`))
      const lines = files.filter((_, index) => isInside(names[index])).map(linesOf)
      const sum = lines.reduce((before, count) => before + count, 0)
      return sum > limit ? [`${folder}: ${sum} lines in all, the limit is ${limit}`] : []
    }),
    ...Object.keys(exceptions)
      .filter((name) => !names.includes(name))
      .map((name) => `${name}: excepted from the length limit, but there is no such file`),
  ]
}

function linesOf(path) {
  return readFileSync(path, 'utf8').trimEnd().split('\n').length
}

function fileProblems(path, name, exceptions) {
  const problems = name
    .split('/')
    .filter((part) => emptyNames.has(part.replace(/\..*$/, '')))
    .map((part) => `${name}: "${part}" says nothing of what is inside`)
  const lines = linesOf(path)
  const limit = isTestFile(path) ? limits.test : limits.source
  const excepted = Object.hasOwn(exceptions, name)
  if (lines > limit && !excepted) problems.push(`${name}: ${lines} lines, the limit is ${limit}`)
  if (lines <= limit && excepted)
    problems.push(`${name}: ${lines} lines, needs no exception from the limit of ${limit}`)
  return problems
}
