// The way to machine code where the core is installed: its headers belong to the C text.
import type { NativeCore } from '@catzilla/core-c'
import { Toolchain } from './toolchain.ts'

/** Rejects when the core is not installed. */
export async function startToolchain(core: NativeCore): Promise<Toolchain> {
  const { includeFolder } = await import('@catzilla/core-c')
  return new Toolchain({ core, includeFolder })
}
