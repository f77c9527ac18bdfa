// What the checks know of the repository: its members (packages and apps), their files, and the files git would commit.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'

const generatedFolders = /^(node_modules|dist|coverage|\.git|\.turbo|\.cache|build|build-.*)$/

/** The examples and what tests share count as apps. @returns {{ dir: string, kind: 'package' | 'app', manifest: any }[]} */
export function members(root) {
  const within = (group, kind) => {
    const folder = join(root, group)
    return existsSync(folder) ? readdirSync(folder).map((name) => ({ dir: join(folder, name), kind })) : []
  }
  const single = ['examples', 'test-kit'].map((name) => ({ dir: join(root, name), kind: 'app' }))
  return [...within('packages', 'package'), ...within('apps', 'app'), ...single]
    .filter(({ dir }) => existsSync(join(dir, 'package.json')))
    .map((member) => ({ ...member, manifest: JSON.parse(readFileSync(join(member.dir, 'package.json'), 'utf8')) }))
}

/** Every file below `dir`, without what is installed or built. */
export function filesBelow(dir) {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return generatedFolders.test(entry.name) ? [] : filesBelow(path)
    return entry.isFile() ? [path] : []
  })
}

/** The files git has or would take; in a folder that is no repository, all of them. */
export function committedFiles(root) {
  if (!existsSync(join(root, '.git'))) return filesBelow(root)
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  return list
    .toString()
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => join(root, path))
}

/** TypeScript and JavaScript. */
export function isScript(path) {
  return /\.(ts|mts|cts|tsx|mjs|js|cjs)$/.test(path)
}

/** C and C++. */
export function isNativeSource(path) {
  return /\.(c|h|cc)$/.test(path)
}

/** Whatever people write as code, and which is therefore kept short. */
export function isSourceFile(path) {
  return isScript(path) || isNativeSource(path) || /(^|[\\/])CMakeLists\.txt$|\.(cmake|sh|html|css|py)$/.test(path)
}

/** Files that are committed and no source: documents, settings and data. */
export function isOtherFile(path) {
  return (
    /\.(md|json|ya?ml|csv|svg)$/.test(path) ||
    /\/test\/golden\/[^/]+\.txt$/.test(path) ||
    /^(LICENSE|run|\.(clang-format|editorconfig|gitattributes|gitignore|nvmrc))$/.test(basename(path))
  )
}

export function isTestFile(path) {
  return /\.test(-d)?\.\w+$/.test(path) || /[\\/]ctest[\\/]/.test(path)
}

export function isGenerated(path) {
  return basename(path).includes('.generated.')
}

/** A path as problems show it: from the root, with forward slashes. */
export function shown(root, path) {
  return relative(root, path).split(sep).join('/')
}
