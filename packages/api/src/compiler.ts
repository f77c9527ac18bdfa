// The optional package `@catzilla/compiler`, which is loaded when a body might be compiled, as an engine uses it.
import type * as Compiler from '@catzilla/compiler'
import type { ParameterShape, ThreadCompiled } from '@catzilla/compiler'
import type { BodyCompiler, CompiledProgram } from '@catzilla/engine'

type CompilerModule = typeof Compiler
type Core = Parameters<CompilerModule['startToolchain']>[0]

/** The compiler; null when it is not installed. */
export async function loadCompiler(
  core: object,
  load: () => Promise<CompilerModule> = () => import('@catzilla/compiler'),
): Promise<BodyCompiler | null> {
  let found: CompilerModule
  try {
    found = await load()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return null
    throw thrown
  }
  const thread = new found.CompilerThread()
  const toolchain = await found.startToolchain(core as Core)
  return {
    async compile(body, name, types) {
      const compilation = await thread.compile(Function.prototype.toString.call(body), { name, types })
      return compilation.ok ? { ok: true, program: programOf(found, compilation, types.length) } : compilation
    },
    async build(c) {
      const loaded = await toolchain.load(c)
      if ('reason' in loaded) throw new Error(loaded.reason)
      return { library: loaded.library, symbol: found.BODY_SYMBOL }
    },
    async close() {
      toolchain.close()
      await thread.close()
    },
  }
}

function programOf(
  { fitsArguments, flattenArguments, readResult, replayEffects }: CompilerModule,
  { program: bytes, signature, loops, c }: ThreadCompiled,
  given: number,
): CompiledProgram {
  const { params, result } = signature
  const plain = params.length === given && params.every(({ kind }) => isPlain(kind))
  return {
    bytes,
    loops,
    c,
    fits: params.some(hasArray) ? (args) => fitsArguments(signature, args) : null,
    encode: plain ? null : (args) => flattenArguments(signature, args) ?? [],
    decode: isPlain(result.kind) && !signature.logs ? null : (value) => readResult(signature, value),
    effects: signature.logs ? (value) => replayEffects(signature, value) : null,
  }
}

/** Whether an argument is an array, or an object with one: of the same type, it may yet be none that C takes. */
function hasArray(shape: ParameterShape): boolean {
  return shape.kind === 'list' || (shape.kind === 'record' && shape.fields.some(([, each]) => hasArray(each)))
}

/** What a program takes and gives as it is. */
function isPlain(kind: string): boolean {
  return kind === 'number' || kind === 'boolean' || kind === 'string' || kind === 'view'
}
