// Runs a program as a user would, in a folder of theirs.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Without what this process was told by npm, vitest or a developer.
 * @param {string} cwd
 * @param {string[]} command a program and its arguments
 * @param {NodeJS.ProcessEnv} settings what it is told here
 * @returns {Promise<string>} what it prints; when it fails, the error has everything it said
 */
export async function execute(cwd, [command, ...args], settings = {}) {
  const told = ([name]) => !/^(npm_|pnpm_|NODE_|VITEST|CATZILLA_)/i.test(name)
  const env = { ...Object.fromEntries(Object.entries(process.env).filter(told)), ...settings }
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd,
      env,
      maxBuffer: 1 << 24,
      shell: process.platform === 'win32',
    })
    return stdout
  } catch (error) {
    throw new Error(`${[command, ...args].join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error}`, {
      cause: error,
    })
  }
}
