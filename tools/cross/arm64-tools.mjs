// What compiles for arm64 on another Linux, and runs it: Debian's cross compiler and the emulator of qemu.
import { spawnSync } from 'node:child_process'

export const compilers = { CC: 'aarch64-linux-gnu-gcc', CXX: 'aarch64-linux-gnu-g++' }
export const emulator = 'qemu-aarch64-static'

/** Where the libraries for programs of that machine are. */
export const libraries = '/usr/aarch64-linux-gnu'

/** Why it cannot be done here; undefined when it can. */
export function missingForArm64() {
  if (process.platform !== 'linux') return 'it is compiled across on Linux only'
  const missing = [...Object.values(compilers), emulator].filter((name) => spawnSync(name, ['--version']).error)
  return missing.length === 0 ? undefined : `there is no ${missing.join(', no ')}`
}
