// `--import`ed where vitest itself cannot run, because its bundler has no binary there: test files get what stands in for it.
import { registerHooks } from 'node:module'

const standIn = new URL('./vitest-parts.mjs', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    return specifier === 'vitest' ? { url: standIn, shortCircuit: true } : next(specifier, context)
  },
})
