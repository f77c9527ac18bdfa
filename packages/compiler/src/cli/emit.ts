// What `catzilla compile` leaves behind: one library in C, and a manifest that says what is in it.
import { cLibrary } from '../emit/c.ts'
import { PROGRAM_VERSION } from '../ir/opcodes.generated.ts'
import type { Explained } from './explain.ts'

export interface Emitted {
  readonly c: string
  readonly manifest: string
}

export function emitFiles(rows: readonly Explained[]): Emitted {
  const bodies = rows.flatMap(({ file, fn, compilation }, index) => {
    if (!compilation.ok) return []
    const symbol = `body_${index}_${fn.name.replaceAll(/\W/g, '_')}`
    const { program, signature, loops } = compilation
    const entry = {
      name: fn.name,
      file,
      line: fn.line,
      symbol,
      types: fn.types,
      signature,
      loops,
      program: Buffer.from(program).toString('base64'),
    }
    return [{ entry, c: compilation.c(symbol) }]
  })
  const manifest = { version: PROGRAM_VERSION, bodies: bodies.map(({ entry }) => entry) }
  return { c: cLibrary(bodies.map(({ c }) => c)), manifest: `${JSON.stringify(manifest, null, 2)}\n` }
}
