// Shapes made to break a parser, a recursion, a table or a sum.

const many = (count: number, text: string) => text.repeat(count)

/** `n` says how large. */
export const bombs: Readonly<Record<string, (n: number) => string>> = {
  parentheses: (n) => `(a) => ${many(n, '(')}a${many(n, ')')}`,
  'open parentheses': (n) => `(a) => ${many(n, '(')}`,
  blocks: (n) => `function f(a) { ${many(n, '{')}${many(n, '}')} return a }`,
  'conditions in a row': (n) => `(a) => ${many(n, 'a ? 1 : ')}2`,
  'conditions inside': (n) => `(a) => ${many(n, 'a ? ')}1${many(n, ' : 0')}`,
  'unary signs': (n) => `(a) => ${many(n, '- ')}a`,
  negations: (n) => `(a) => ${many(n, '!')}a`,
  'a long sum': (n) => `(a) => a${many(n, ' + a')}`,
  'a long sum of strings': (n) => `(a) => ""${many(n, ' + a')}`,
  'a long product to the right': (n) => `(a) => a${many(n, ' ** a')}`,
  'assignments in a row': (n) => `(a) => { let b; return ${many(n, 'b = ')}a }`,
  'arrays inside': (n) => `(a) => ${many(n, '[')}a${many(n, ']')}`,
  'objects inside': (n) => `(a) => (${many(n, '{ a: ')}a${many(n, '}')})`,
  templates: (n) => `(a) => ${many(n, '`${')}a${many(n, '}`')}`,
  'calls inside': (n) => `(a) => ${many(n, 'Math.abs(')}a${many(n, ')')}`,
  'members in a row': (n) => `(a) => a${many(n, '.length')}`,
  'functions inside': (n) => `(a) => ${many(n, '(() => ')}a${many(n, ')()')}`,
  'labels in a row': (n) =>
    `function f(a) { ${Array.from({ length: n }, (_, i) => `l${i}: `).join('')} for (;;) { break l0 } return a }`,
  'loops inside': (n) => `function f(a) { ${many(n, 'for (;;) { ')}return a${many(n, ' }')} }`,
  'ifs inside': (n) => `function f(a) { ${many(n, 'if (a) ')} return 1; return 2 }`,
  'else if in a row': (n) => `function f(a) { ${many(n, 'if (a > 1) return 1; else ')} return 2 }`,
  'tries inside': (n) => `function f(a) { ${many(n, 'try { ')}return a${many(n, ' } catch { return 1 }')} }`,
  'a long number': (n) => `(a) => a + ${many(n, '9')}`,
  'a long fraction': (n) => `(a) => a + 0.${many(n, '3')}`,
  'a long string': (n) => `(a) => "${many(n, 'x')}".length + a`,
  'a long name': (n) => `(${many(n, 'x')}) => ${many(n, 'x')} + 1`,
  'a long template': (n) => `(a) => \`${many(n, '${a}')}\``,
  'many variables': (n) =>
    `function f(a) { ${Array.from({ length: n }, (_, i) => `let v${i} = a + ${i};`).join(' ')} return v0 }`,
  'many constants': (n) =>
    `function f(a) { let s = 0; ${Array.from({ length: n }, (_, i) => `s += a * ${i}.5;`).join(' ')} return s }`,
  'many parameters': (n) => `function f(${Array.from({ length: n }, (_, i) => `p${i}`).join(', ')}) { return p0 }`,
  'many cases': (n) =>
    `function f(a) { switch (a) { ${Array.from({ length: n }, (_, i) => `case ${i}: return ${i};`).join(' ')} } return 0 }`,
  'many fields': (n) => `(a) => ({ ${Array.from({ length: n }, (_, i) => `f${i}: a`).join(', ')} })`,
  'many arguments': (n) => `(a) => Math.max(${Array.from({ length: n }, () => 'a').join(', ')})`,
  'many helpers': (n) =>
    `function f(a) { ${Array.from({ length: n }, (_, i) => `function h${i}(x) { return ${i === 0 ? 'x' : `h${i - 1}(x)`} }`).join(' ')} return h${n - 1}(a) }`,
  'helpers that call each other twice': (n) =>
    `function f(a) { ${Array.from({ length: n }, (_, i) => `function h${i}(x) { return ${i === 0 ? 'x' : `h${i - 1}(x) + h${i - 1}(x)`} }`).join(' ')} return h${n - 1}(a) }`,
  'types that depend on each other': (n) =>
    `function f(a) { ${Array.from({ length: n }, (_, i) => `let v${i} = 0;`).join(' ')} for (let i = 0; i < 3; i++) { ${Array.from({ length: n - 1 }, (_, i) => `v${i} = v${i + 1};`).join(' ')} v${n - 1} = a; } return v0 }`,
  sequences: (n) => `(a) => (${many(n, 'a, ')}a)`,
  comments: (n) => `(a) => ${many(n, '/* a */')} a`,
  'line breaks': (n) => `(a) =>${many(n, ' \u2028')} a`,
  'commas of declarations': (n) =>
    `function f(a) { var ${Array.from({ length: n }, () => 'b = a').join(', ')}; return b }`,
  'patterns inside': (n) => `(${many(n, '{ a: ')}a${many(n, ' }')}) => 1`,
  'regular expressions': (n) => `(a) => /${many(n, '(a+)+')}$/.test(a)`,
  'strings as keys': (n) => `(a) => { switch (a) { ${many(n, 'case "x": ')} return 1 } return 2 }`,
}
