// Smaller versions of a function's text: what the shrinker tries. They need not be well typed, nor even run.
import { parse, type Node } from 'acorn'

interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

const constants = ['0', '1', '""', '"a"', 'true', 'false']

/** From those that take away most to those that take away least. */
export function smallerTexts(source: string): string[] {
  const shape = parsed(source)
  if (shape === undefined) return []
  const edits: Edit[] = []
  collect(shape.root, undefined, edits, (node) => shape.text.slice(node.start, node.end))
  const gain = ({ from, to, text }: Edit) => to - from - text.length
  return edits
    .filter((edit) => gain(edit) > 0)
    .toSorted((a, b) => gain(b) - gain(a))
    .map(({ from, to, text }) => {
      const whole = shape.text.slice(0, from) + text + shape.text.slice(to)
      return whole.slice(shape.before, whole.length - shape.after)
    })
    .filter((text) => text !== source)
}

function parsed(source: string): { root: Node; text: string; before: number; after: number } | undefined {
  for (const [before, after] of [
    ['(', ')'],
    ['({', '})'],
  ] as const) {
    const text = before + source + after
    try {
      return { root: parse(text, { ecmaVersion: 2022 }), text, before: before.length, after: after.length }
    } catch {
      // Then it is the other form, or not a function.
    }
  }
  return undefined
}

function collect(node: Node, parent: Node | undefined, edits: Edit[], textOf: (node: Node) => string): void {
  const replaceBy = (text: string) => edits.push({ from: node.start, to: node.end, text })
  const inner = children(node)
  if (isStatement(node) && parent !== undefined) {
    if (holdsStatements(parent)) replaceBy('')
    for (const child of inner) {
      if (isStatement(child)) replaceBy(textOf(child))
    }
    if (node.type === 'BlockStatement' && holdsStatements(parent)) replaceBy(textOf(node).slice(1, -1))
    if (node.type === 'SwitchStatement') {
      for (const clause of inner.slice(1))
        for (const child of children(clause)) if (isStatement(child)) replaceBy(textOf(child))
    }
  } else if (node.type === 'SwitchCase' || node.type === 'TemplateElement') {
    replaceBy('')
  } else if (isExpression(node) && parent !== undefined && parent.type !== 'ExpressionStatement') {
    for (const text of constants) replaceBy(text)
    for (const child of inner) if (isExpression(child)) replaceBy(textOf(child))
    if (node.type === 'Literal') for (const shorter of shorterLiterals(textOf(node))) replaceBy(shorter)
  }
  for (const child of inner) collect(child, node, edits, textOf)
}

function shorterLiterals(text: string): string[] {
  return /^["'].{2,}["']$/s.test(text) ? [`"${text.slice(1, (text.length >> 1) + 1)}"`] : ['2']
}

const isStatement = ({ type }: Node) =>
  type.endsWith('Statement') || type === 'VariableDeclaration' || type === 'FunctionDeclaration'
const holdsStatements = ({ type }: Node) => ['BlockStatement', 'Program', 'SwitchCase'].includes(type)
const isExpression = ({ type }: Node) =>
  type.endsWith('Expression') ? !type.includes('Function') : ['Literal', 'TemplateLiteral', 'Identifier'].includes(type)

function children(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
