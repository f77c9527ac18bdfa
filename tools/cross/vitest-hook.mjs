// `--import`ed where vitest itself cannot run, because its bundler has no binary there: test files get what stands in for it.
import { registerHooks } from 'node:module'

const standIn = new URL('./vitest-parts.mjs', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'vitest') return { url: standIn, shortCircuit: true }
    // its parts lie beside it, not here
    const parentURL = context.parentURL === standIn ? next('vitest', context).url : context.parentURL
    return next(specifier, { ...context, parentURL })
  },
})
