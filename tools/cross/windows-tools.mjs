// What compiles for Windows on Linux, and runs it: Debian's MinGW-w64, and wine.
import { spawnSync } from 'node:child_process'

export const compilers = { CC: 'x86_64-w64-mingw32-gcc-posix', CXX: 'x86_64-w64-mingw32-g++-posix' }
export const emulator = 'wine'

/** Why it cannot be done here; undefined when it can. */
export function missingForWindows() {
  if (process.platform !== 'linux') return 'it is compiled across on Linux only'
  const missing = [...Object.values(compilers), emulator, 'wineserver'].filter(
    (name) => spawnSync(name, ['--version']).error,
  )
  return missing.length === 0 ? undefined : `there is no ${missing.join(', no ')}`
}
