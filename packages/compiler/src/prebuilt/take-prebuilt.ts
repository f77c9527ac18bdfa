// What was compiled of a body at build, for an engine: nothing of it is believed that does not fit the function that is there.
import type { NativeCore, NativeLibrary } from '@catzilla/core-c'
import { handingOver } from '../handing-over.ts'
import type { HandingOver } from '../handing-over.ts'
import type { BuildOutput, Machine } from './build-output.ts'
import { hashOfText, isAsBuilt } from './fingerprint.ts'
import type { ArgumentType, ManifestBody } from './manifest.ts'

type Body = (...args: never[]) => unknown
type Captures = Readonly<Record<string, unknown>>

/** `bodies` is empty when nothing of it is used, and `reason` says why. */
export interface TakenPrebuilt {
  readonly bodies: readonly TakenBody[]
  readonly reason: string
}

export interface TakenBody {
  readonly types: readonly ArgumentType[]
  readonly program: HandingOver & { readonly bytes: Uint8Array; readonly loops: boolean; readonly c: null }
  readonly code: { readonly library: NativeLibrary; readonly symbol: string } | null
  readonly tried: number
}

/** Never throws. `captures` gives what the names mean that the body takes from outside; it may throw. */
export function takePrebuilt(
  body: Body,
  output: BuildOutput,
  find: (bodies: readonly ManifestBody[]) => ManifestBody | undefined,
  captures: () => Captures,
  core: NativeCore,
): TakenPrebuilt {
  try {
    const found = find(output.bodies())
    if (found === undefined) throw new Error(`${output.path} has nothing of this body: it is of another build`)
    requireSame(body, found, captures)
    return taken(found, output, core)
  } catch (thrown) {
    return { bodies: [], reason: `not used: ${thrown instanceof Error ? thrown.message : String(thrown)}` }
  }
}

/** @throws Error */
function requireSame(body: Body, { text, file, line, captures: built }: ManifestBody, captures: () => Captures): void {
  const place = `${file}:${line}`
  if (text === null) throw new Error(`the build did not find the function of ${place} in what it wrote`)
  if (hashOfText(Function.prototype.toString.call(body)) !== text) {
    throw new Error(`the function is not the one that was compiled from ${place}; build again`)
  }
  if (Object.keys(built).length === 0) return
  const values = captures()
  for (const [name, fingerprint] of Object.entries(built)) {
    if (!Object.hasOwn(values, name)) throw new Error(`'${name}' is not known here: name it in \`captures\``)
    if (!isAsBuilt(values[name], fingerprint)) throw new Error(`'${name}' is not what it was at build (${place})`)
  }
}

function taken(found: ManifestBody, output: BuildOutput, core: NativeCore): TakenPrebuilt {
  const { file, line, types, signature, loops, program, symbol } = found
  const [machine, why] = machineFor(symbol, output, core)
  const place = `compiled at build from ${file}:${line}`
  if (loops && machine === null) throw new Error(why ?? 'its loops have no machine code')
  const tried = machine === null || machine.tried ? found.tried : 0
  const body: TakenBody = {
    types,
    program: { bytes: Buffer.from(program, 'base64'), loops, c: null, ...handingOver(signature, types.length) },
    code: machine === null || symbol === null ? null : { library: machine.library, symbol },
    tried,
  }
  const compared = tried > 0 ? `, and compared with JavaScript there ${tried} times` : ''
  return { bodies: [body], reason: `${place}${compared}${why === null ? '' : `; ${why}`}` }
}

/** Null with the reason: without loops the interpreter will do. */
function machineFor(symbol: string | null, output: BuildOutput, core: NativeCore): [Machine | null, string | null] {
  if (symbol === null) return [null, null]
  try {
    const machine = output.machine(core)
    return machine.library.has(symbol) ? [machine, null] : [null, `its library has no ${symbol}`]
  } catch (thrown) {
    return [null, thrown instanceof Error ? thrown.message : String(thrown)]
  }
}
