// A platform package cannot be packed without the binary that it says it has.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** The beginning of a Linux library for a machine type, which asks for a C library. */
function linuxBinary(machine: number, libc: string): Buffer {
  const header = Buffer.alloc(64)
  header.writeUInt32BE(0x7f454c46, 0)
  header.writeUInt16LE(machine, 18)
  return Buffer.concat([header, Buffer.from(`\0libm.so.6\0${libc}\0`)])
}

/** The beginning of a Windows library for a machine type. */
function windowsBinary(machine: number): Buffer {
  const header = Buffer.alloc(0x100)
  header.write('MZ')
  header.writeUInt32LE(0x80, 0x3c)
  header.write('PE', 0x80)
  header.writeUInt16LE(machine, 0x84)
  return header
}

/** What the check says of a binary in the package of a platform: nothing when it may be packed. */
async function saidOf(triple: string, binary: Buffer | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'catzilla-prebuilt-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'package.json'), await readFile(join(packageRoot, 'npm', triple, 'package.json')))
  if (binary !== undefined) await writeFile(join(folder, 'core.node'), binary)
  const script = join(packageRoot, 'scripts/check-prebuilt.mjs')
  return await new Promise((resolve) => {
    execFile(process.execPath, [script], { cwd: folder }, (_error, _stdout, stderr) => resolve(stderr.trim()))
  })
}

const x64 = 62
const arm64 = 183

test.each([
  ['linux-x64-gnu', linuxBinary(x64, 'libc.so.6'), ''],
  ['linux-x64-musl', linuxBinary(x64, 'libc.musl-x86_64.so.1'), ''],
  ['linux-arm64-gnu', linuxBinary(arm64, 'libc.so.6'), ''],
  ['linux-arm64-gnu', linuxBinary(x64, 'libc.so.6'), 'core.node is not for linux on arm64'],
  ['linux-x64-musl', linuxBinary(x64, 'libc.so.6'), 'core.node is for glibc, not for musl'],
  ['linux-x64-gnu', linuxBinary(x64, 'libc.musl-x86_64.so.1'), 'core.node is for musl, not for glibc'],
  ['darwin-arm64', linuxBinary(arm64, 'libc.so.6'), 'core.node is not for darwin on arm64'],
  ['win32-x64', windowsBinary(0x8664), ''],
  ['win32-x64', windowsBinary(0xaa64), 'core.node is not for win32 on x64'],
  ['win32-x64', linuxBinary(x64, 'libc.so.6'), 'core.node is not for win32 on x64'],
  ['linux-x64-gnu', windowsBinary(0x8664), 'core.node is not for linux on x64'],
  ['linux-x64-gnu', undefined, 'core.node is missing: put it here with "node scripts/stage-prebuilt.mjs"'],
])('%s (%#)', async (triple, binary, problem) => {
  const said = await saidOf(triple, binary)
  expect(said).toBe(problem === '' ? '' : `@catzilla/core-c-${triple}: ${problem}`)
})
