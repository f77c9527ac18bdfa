// `node scripts/stage-prebuilt.mjs [linux-x64-gnu] [path of core.node]`: puts a binary into the package of its platform, to
// be packed: without arguments, what was compiled here for this machine.
import { copyFileSync, existsSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * @param {string} triple the folder in npm/, such as linux-x64-gnu
 * @param {string} binary the compiled addon
 * @returns {string} where it is now
 */
export function stagePrebuilt(triple = tripleHere(), binary = join(root, 'build', 'Release', 'core.node')) {
  const folder = join(root, 'npm', triple)
  if (!existsSync(folder)) throw new Error(`there is no package for ${triple}: npm/${triple} does not exist`)
  if (!existsSync(binary)) throw new Error(`${binary} does not exist: compile it with "npm run build"`)
  const staged = join(folder, 'core.node')
  // at once: others may be reading what was there
  const unfinished = `${staged}.${process.pid}`
  copyFileSync(binary, unfinished)
  renameSync(unfinished, staged)
  return staged
}

/** As the packages in npm/ are named. A machine that compiles is asked by what Node reports of its C library. */
export function tripleHere() {
  const { platform, arch } = process
  if (platform !== 'linux') return `${platform}-${arch}`
  return `${platform}-${arch}-${process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(stagePrebuilt(...process.argv.slice(2)))
