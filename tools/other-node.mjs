// Other versions of Node, to test on: the registry has them as packages that hold nothing but the program.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The oldest that is supported, and the newest of each later line when this was last looked at. */
export const versions = { 20: '20.19.0', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' }

/** What may differ between versions: engines and their lanes, the bits of Math, the loading of modules and of binaries. */
export const versionTests = [
  'packages/engine/test/conformance.test.ts',
  'packages/engine/test/native/native-engine.test.ts',
  'packages/compiler/test/compared-with-v8.test.ts',
  'packages/compiler/test/numbers.test.ts',
  'packages/core-c/test/load.test.ts',
  'tools/packed/install.test.mjs',
]

/**
 * The path of Node in a major version, fetched when it is not there yet.
 * @param {string} cache the folder that holds what was fetched
 * @param {string} major `22`
 * @param {(title: string, home: string, spec: string) => Promise<boolean>} fetchTool installs one package into a folder
 * @param {string} machine as packages name it
 * @returns {Promise<string | undefined>} undefined when it could not be fetched
 */
export async function fetchNode(cache, major, fetchTool, machine = machineHere()) {
  const version = versions[major]
  if (version === undefined) throw new Error(`no Node ${major}: one of ${Object.keys(versions).join(', ')}`)
  const name = `node-${machine}`
  const home = join(cache, `${name}-${version}`)
  const program = join(home, 'node_modules', name, 'bin', machine.startsWith('win-') ? 'node.exe' : 'node')
  if (existsSync(program)) return program
  const fetched = await fetchTool(`getting Node ${version} for ${machine} (first run only)`, home, `${name}@${version}`)
  return fetched && existsSync(program) ? program : undefined
}

/** `linux-x64` */
function machineHere() {
  return `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
}
