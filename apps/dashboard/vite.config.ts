// Builds the front end into the package that ships it, with addresses relative to its page: it works below any path.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../../packages/monitor/dashboard', import.meta.url)),
    emptyOutDir: true,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // a strict policy takes no inline scripts and no data: addresses but images
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // it has other people's code inside, whose licences ask to be named
    license: { fileName: 'licences.md' },
  },
  logLevel: 'warn',
})
