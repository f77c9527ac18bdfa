// Run by `prepack` of a platform package: it is not published without its binary, nor with one for another platform.
import { existsSync, readFileSync } from 'node:fs'

const { name, os, cpu, libc } = JSON.parse(readFileSync('package.json', 'utf8'))
const problem = existsSync('core.node')
  ? wrongFormat(readFileSync('core.node'))
  : 'core.node is missing: put it here with "node scripts/stage-prebuilt.mjs"'
if (problem) {
  console.error(`${name}: ${problem}`)
  process.exit(1)
}

/** Looks at the machine type in the header, and on Linux at the C library that it asks for. */
function wrongFormat(binary) {
  if (machineOf(binary) !== `${os[0]} ${cpu[0]}`) return `core.node is not for ${os[0]} on ${cpu[0]}`
  const asksFor = binary.includes('libc.so.6\0') ? 'glibc' : 'musl'
  return os[0] === 'linux' && asksFor !== libc[0] ? `core.node is for ${asksFor}, not for ${libc[0]}` : undefined
}

/** By e_machine of ELF, Machine of PE (its header is where the word at 0x3c says) or cputype of Mach-O. */
function machineOf(binary) {
  if (binary.readUInt32BE(0) === 0x7f454c46) return { 62: 'linux x64', 183: 'linux arm64' }[binary.readUInt16LE(18)]
  if (binary.readUInt16BE(0) === 0x4d5a)
    return { 0x8664: 'win32 x64' }[binary.readUInt16LE(binary.readUInt32LE(0x3c) + 4)]
  return { 0x01000007: 'darwin x64', 0x0100000c: 'darwin arm64' }[binary.readUInt32LE(4)]
}
