// Captures by the names that the text of a body has for them: bundlers rename what they put together, in the body and in the
// function that gives its captures alike.

/** Such as `() => ({ RATE: t, clamp })`: what is `t` in the body. What is no single name there is none in the body either. */
const field = /(?:^|[{,])\s*([\w$]+)\s*(?::\s*([^,}]*?)\s*)?(?=[,}])/g

export function namesInText(captures: () => Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const values = captures()
  const text = Function.prototype.toString.call(captures)
  const fields = text.slice(text.indexOf('{'))
  const named: Record<string, unknown> = {}
  for (const [, name = '', means = name] of fields.matchAll(field)) {
    if (Object.hasOwn(values, name) && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(means)) named[means] = values[name]
  }
  return named
}
