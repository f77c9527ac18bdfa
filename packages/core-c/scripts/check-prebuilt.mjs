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

/** Looks at the machine type in the header, e_machine of ELF or cputype of Mach-O, and at the C library it asks for. */
function wrongFormat(binary) {
  const linux = binary.readUInt32BE(0) === 0x7f454c46
  const found = linux ? binary.readUInt16LE(18) : binary.readUInt32LE(4)
  const wanted = { linux: { x64: 62, arm64: 183 }, darwin: { x64: 0x01000007, arm64: 0x0100000c } }[os[0]][cpu[0]]
  if (linux !== (os[0] === 'linux') || found !== wanted) return `core.node is not for ${os[0]} on ${cpu[0]}`
  const asksFor = binary.includes('libc.so.6\0') ? 'glibc' : 'musl'
  return linux && asksFor !== libc[0] ? `core.node is for ${asksFor}, not for ${libc[0]}` : undefined
}
