// The syntax tree of a module of TypeScript or JavaScript, by oxc-parser, which is installed where modules are compiled.
import type { ParsedModule } from './imported-constants.ts'
import type { SyntaxNode } from './syntax-node.ts'

/**
 * @param id the file, whose extension says what it is
 * @throws SyntaxError, or an Error that says how to install the parser
 */
export async function parseModule(id: string, text: string): Promise<ParsedModule & { readonly isModule: boolean }> {
  const { parseSync } = await import('oxc-parser').catch((cause: unknown) => {
    throw new Error('@catzilla/compiler reads modules with oxc-parser: npm install --save-dev oxc-parser', { cause })
  })
  const { program, errors, module } = parseSync(id, text)
  const [error] = errors
  if (error !== undefined) throw new SyntaxError(`${id}: ${error.message}`)
  return { id, text, program: program as unknown as SyntaxNode, isModule: module.hasModuleSyntax }
}
