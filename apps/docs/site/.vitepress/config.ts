// The site: VitePress over the pages that were brought together from the repository.
import { slug } from 'github-slugger'
import { defineConfig } from 'vitepress'
import { documentOf, hrefOnSite } from '../../src/site/addresses.ts'
import { pagesFolder } from '../../src/site/gather.ts'
import { sidebar } from '../../src/site/sidebar.ts'

export default defineConfig({
  title: 'Catzilla Tasks',
  description: 'Background tasks for Node',
  lang: 'en',
  srcDir: pagesFolder,
  outDir: '../dist',
  cacheDir: '../.cache/vitepress',
  cleanUrls: true,
  // the index of the search is one file
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  metaChunk: true,
  themeConfig: {
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          // the tables of options and errors first, then what is written to be read, then the API reference
          searchOptions: {
            boostDocument: (id: string) =>
              /^\/(options|errors)#/.test(id) ? 10 : id.startsWith('/reference/') ? 0.01 : 1,
          },
        },
      },
    },
    nav: [
      { text: 'Basic usage', link: '/basic-usage' },
      { text: 'Options', link: '/options' },
      { text: 'Errors', link: '/errors' },
      { text: 'API', link: '/reference/' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    externalLinkIcon: true,
  },
  markdown: {
    // links to headings are the same on the site as where the documents are read in the repository
    anchor: { slugify: slug },
    config: (md) => {
      md.core.ruler.push('links_of_the_site', ({ tokens, env }) => {
        const document = documentOf.get(String(env.relativePath))
        if (document === undefined) return
        for (const link of tokens.flatMap(({ children }) => children ?? [])) {
          if (link.type !== 'link_open') continue
          const href = hrefOnSite(document, link.attrGet('href') ?? '')
          // a file of the repository that is no page: the words stay, the link goes
          if (href === undefined) link.attrs = null
          else link.attrSet('href', href)
        }
      })
    },
  },
})
