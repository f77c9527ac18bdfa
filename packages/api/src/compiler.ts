// The optional package `@catzilla/compiler`, which is loaded when a body might be compiled, as an engine uses it.
import type * as Compiler from '@catzilla/compiler'
import type { ThreadCompiled } from '@catzilla/compiler'
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
    async compile(body, name, types, captures = {}) {
      const compilation = await thread.compile(Function.prototype.toString.call(body), { name, types, captures })
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
  { handingOver }: CompilerModule,
  { program: bytes, signature, loops, c }: ThreadCompiled,
  given: number,
): CompiledProgram {
  return { bytes, loops, c, ...handingOver(signature, given) }
}
