// Reads the imports of one TypeScript or JavaScript file from its syntax tree.
import { readFileSync } from 'node:fs'
import ts from '@typescript/typescript6'

/**
 * @typedef {{ specifier: string, line: number, kind: 'value' | 'type' | 'late' }} Import
 * `type` leaves no trace at run time, `late` is `import()` or `require()`, everything else is `value`.
 * @returns {Import[]}
 */
export function importsOf(path) {
  const tree = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const found = []
  const visit = (node) => {
    const seen = readImport(node)
    if (seen && ts.isStringLiteralLike(seen.specifier)) {
      const line = tree.getLineAndCharacterOfPosition(seen.specifier.getStart(tree)).line + 1
      found.push({ specifier: seen.specifier.text, line, kind: seen.kind })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function readImport(node) {
  if (ts.isImportDeclaration(node)) return { specifier: node.moduleSpecifier, kind: importKind(node.importClause) }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: node.moduleSpecifier, kind: node.isTypeOnly ? 'type' : 'value' }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: node.argument.literal, kind: 'type' }
  }
  if (ts.isCallExpression(node) && node.arguments.length > 0 && isImportCall(node.expression)) {
    return { specifier: node.arguments[0], kind: 'late' }
  }
  return undefined
}

/** `import { type A, type B }` without any value keeps the import statement, so it counts as a value. */
function importKind(clause) {
  return clause?.isTypeOnly ? 'type' : 'value'
}

function isImportCall(callee) {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true
  if (ts.isIdentifier(callee)) return callee.text === 'require'
  if (ts.isCallExpression(callee)) return callee.expression.getText() === 'createRequire'
  return ts.isPropertyAccessExpression(callee) && callee.getText() === 'require.resolve'
}
