// The built declarations have no `any`: what users get from our packages is typed to the end. Needs `npm run build`.
import ts from '@typescript/typescript6'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { members, shown } from './workspace.mjs'

export function checkDeclarations(root) {
  return members(root)
    .filter(({ kind }) => kind === 'package')
    .flatMap(({ dir }) => {
      const dist = join(dir, 'dist')
      const files = existsSync(dist) ? readdirSync(dist).filter((name) => name.endsWith('.d.ts')) : []
      if (files.length === 0) return [`${shown(root, dir)}: no declarations: run "npm run build"`]
      return files.flatMap((name) => untypedPlaces(root, join(dist, name)))
    })
}

function untypedPlaces(root, path) {
  const tree = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const problems = []
  const visit = (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree))
      problems.push(`${shown(root, path)}:${line + 1}: any, in ${nameAround(node)}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return problems
}

/** The nearest thing round a node that has a name. */
function nameAround(node) {
  for (let around = node.parent; around !== undefined; around = around.parent) {
    if (around.name !== undefined) return around.name.getText()
  }
  return 'the file'
}
