// `node tools/clang-format.mjs [--check]` formats every C and C++ file as packages/core-c/.clang-format says, or names
// those that are not formatted so. The formatter is WebAssembly: no installation, and the same result on every machine.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from '@wasm-fmt/clang-format'
import { committedFiles, isGenerated, isNativeSource, shown } from './checks/workspace.mjs'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')
const style = readFileSync(join(root, 'packages/core-c/.clang-format'), 'utf8')
const check = process.argv.includes('--check')

const files = committedFiles(root).filter((path) => isNativeSource(path) && !isGenerated(path))
const unformatted = files.filter((path) => {
  const before = readFileSync(path, 'utf8')
  const after = format(before, basename(path), style)
  if (before !== after && !check) writeFileSync(path, after)
  return before !== after
})
for (const path of unformatted) console.log(`${check ? 'not formatted' : 'formatted'}: ${shown(root, path)}`)
console.log(`${files.length} C and C++ files, ${unformatted.length} ${check ? 'not formatted' : 'changed'}`)
if (check && unformatted.length > 0) process.exitCode = 1
