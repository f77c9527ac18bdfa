// Run by `prepack` of a platform package: it is not published without its binary, nor with one for another platform.
import { existsSync, openSync, readFileSync, readSync } from 'node:fs'

const { name, os, cpu } = JSON.parse(readFileSync('package.json', 'utf8'))
const problem = existsSync('core.node') ? wrongFormat() : 'core.node is missing: copy it from build/Release'
if (problem) {
  console.error(`${name}: ${problem}`)
  process.exit(1)
}

/** Looks at the machine type in the header: e_machine of ELF, cputype of Mach-O. */
function wrongFormat() {
  const header = Buffer.alloc(20)
  readSync(openSync('core.node', 'r'), header, 0, header.length, 0)
  const linux = header.readUInt32BE(0) === 0x7f454c46
  const found = linux ? header.readUInt16LE(18) : header.readUInt32LE(4)
  const wanted = { linux: { x64: 62, arm64: 183 }, darwin: { x64: 0x01000007, arm64: 0x0100000c } }[os[0]][cpu[0]]
  return linux === (os[0] === 'linux') && found === wanted ? undefined : `core.node is not for ${os[0]} on ${cpu[0]}`
}
