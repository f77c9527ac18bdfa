// Which prebuilt package fits this machine: by its system, its processor, and on Linux by the C library that Node runs on.
import { closeSync, openSync, readSync } from 'node:fs'

/** A platform as packages name theirs. */
export interface Platform {
  readonly platform: string
  readonly arch: string
  /** The C library on Linux; it says nothing elsewhere. */
  readonly libc: 'glibc' | 'musl'
}

/** The package of each platform for which a binary is published. */
const prebuilt: Readonly<Record<string, string>> = {
  'darwin arm64': '@catzilla/core-c-darwin-arm64',
  'darwin x64': '@catzilla/core-c-darwin-x64',
  'linux arm64 glibc': '@catzilla/core-c-linux-arm64-gnu',
  'linux arm64 musl': '@catzilla/core-c-linux-arm64-musl',
  'linux x64 glibc': '@catzilla/core-c-linux-x64-gnu',
  'linux x64 musl': '@catzilla/core-c-linux-x64-musl',
  'win32 x64': '@catzilla/core-c-win32-x64',
}

/** The name of the package with the binary for a platform, if one is published. */
export function prebuiltPackage(platform: Platform): string | undefined {
  return prebuilt[platformName(platform)]
}

/** `linux x64 musl`, `darwin arm64`. */
export function platformName({ platform, arch, libc }: Platform): string {
  return platform === 'linux' ? `${platform} ${arch} ${libc}` : `${platform} ${arch}`
}

/** Where an ELF file names the program that loads it: behind its headers, and so at its very start. */
const startOfProgram = 4096

/** The C library under this process: a program names its loader, and that of musl has musl in its name. */
export function libcOf(program: string = process.execPath): Platform['libc'] {
  const start = Buffer.alloc(startOfProgram)
  try {
    const file = openSync(program, 'r')
    try {
      readSync(file, start, 0, start.length, 0)
    } finally {
      closeSync(file)
    }
  } catch {
    // not readable: the usual one
  }
  return start.includes('/ld-musl-') ? 'musl' : 'glibc'
}
