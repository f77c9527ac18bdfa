// Subjects that are V8 itself, each with one bug planted into the text: what the fuzzer has to find.
import { recording } from '../console.ts'
import { evaluate, type Program } from '../program.ts'
import { copiedArguments, isView } from '../values.ts'
import type { Prepared, Subject } from '../oracle.ts'

interface Bug {
  readonly find: RegExp
  readonly replace: string
}

/** Bugs that a compiler like ours could well have, as changes of the program's text. */
export const plantedBugs: Readonly<Record<string, Bug>> = {
  'shift is signed': { find: />>>/g, replace: '>>' },
  'round is floor(x + 0.5)': { find: /Math\.round\(/g, replace: '((x) => Math.floor(x + 0.5))(' },
  'min loses -0': { find: /Math\.min\(/g, replace: '((...all) => Math.min(...all) + 0)(' },
  '-0 is 0 in a product': { find: / \* (\w+)\)/g, replace: ' * $1 + 0)' },
  'trunc is |0': { find: /Math\.trunc\(/g, replace: '((x) => x | 0)(' },
  'substring does not swap': { find: /\.substring\(/g, replace: '.slice(' },
  'charCodeAt of nothing is 0': { find: /\.charCodeAt\(([^()]*)\)/g, replace: '.padEnd(3, "\\0").charCodeAt($1)' },
  'toFixed rounds to even': { find: /\.toFixed\(2\)/g, replace: '.toFixed(3).slice(0, -1)' },
  'imul is *': { find: /Math\.imul\(/g, replace: '((a, b) => (a * b) | 0)(' },
  'trim knows ASCII only': { find: /\.trim\(\)/g, replace: '.replace(/^[ \\n\\t]+|[ \\n\\t]+$/g, "")' },
  'indexOf searches from the end': { find: /\.indexOf\(/g, replace: '.lastIndexOf(' },
  'shift takes the last': { find: /\.shift\(\)/g, replace: '.pop()' },
  'numbers are sorted as numbers': { find: /\.(sort|toSorted)\(\)/g, replace: '.$1((x, y) => (x < y ? -1 : 1))' },
  'a missing element is 0': { find: /\.at\(([^()]*)\) \?\?/g, replace: '.at($1) ||' },
  'what is written to the console is lost': { find: /console\.\w+\(/g, replace: '(() => {})(' },
  'continue forgets the step': { find: /\+\+(i\d+)\)/g, replace: '$1 += 2)' },
}

export function planted(bug: Bug): Subject {
  return { name: 'V8 with a planted bug', prepare: (programs) => programs.map((program) => prepare(program, bug)) }
}

/** V8 against V8: nothing may differ. */
export const v8: Subject = planted({ find: /(?!)/, replace: '' })

function prepare(program: Program, bug: Bug): Prepared {
  let body: (...args: unknown[]) => unknown
  try {
    body = evaluate({ ...program, source: program.source.replace(bug.find, bug.replace) })
  } catch (error) {
    return { blockers: [{ code: 'text', message: String(error) }] }
  }
  return {
    writesBack: true,
    run: (args) => {
      const own = copiedArguments(args)
      try {
        const { result: value, lines } = recording(() => body(...own))
        writeBack(args, own)
        return { value, lines }
      } catch {
        return { bailed: 'threw' }
      }
    },
  }
}

/** Holes are holes, and what has become no element is there too. */
function copyElements(to: unknown[], from: readonly unknown[]): void {
  to.length = 0
  Object.assign(to, from)
  to.length = from.length
}

/** What the body has written to its own copies. */
function writeBack(to: object, from: object): void {
  for (const [name, value] of Object.entries(to)) {
    const other = (from as Record<string, unknown>)[name]
    if (isView(value)) value.set(other as typeof value)
    else if (Array.isArray(value)) copyElements(value as unknown[], other as unknown[])
    else if (typeof value === 'object' && value !== null) writeBack(value as object, other as object)
  }
}
