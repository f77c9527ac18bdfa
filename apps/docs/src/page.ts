// A document taken apart: its headings by their anchors, its links, its blocks of code.
//
// Comments steer how a block is checked; readers of the page do not see them:
//   <!-- context … -->            code that stands in front of the next block
//   <!-- needs native -->         the next block is run only where the C engine is
//   <!-- run by PATH -->          a test of that file runs the next block; <!-- all run by PATH -->: every block of the page
import GithubSlugger from 'github-slugger'
import MarkdownIt from 'markdown-it'
import type { Token } from 'markdown-it'
import { textOf } from './documents.ts'

export interface Block {
  readonly page: string
  /** Of the first line of its code, from 1. */
  readonly line: number
  /** The first word after the backticks; `indented` for code that is indented instead, and '' where there is none. */
  readonly language: string
  /** The other words. */
  readonly words: readonly string[]
  readonly code: string
  readonly context: string
  readonly needsNative: boolean
  readonly runBy: string | undefined
}

export interface Link {
  readonly line: number
  readonly href: string
}

export interface Page {
  readonly path: string
  readonly title: string
  readonly anchors: ReadonlySet<string>
  readonly links: readonly Link[]
  readonly blocks: readonly Block[]
}

const markdown = new MarkdownIt({ html: true })

export function readPage(path: string, text: string = textOf(path)): Page {
  const tokens = markdown.parse(text, {})
  const headings = headingsOf(tokens)
  return {
    path,
    title: headings[0]?.text ?? path,
    anchors: new Set(headings.map(({ anchor }) => anchor)),
    links: linksOf(tokens),
    blocks: blocksOf(path, tokens),
  }
}

function headingsOf(tokens: readonly Token[]): { text: string; anchor: string }[] {
  const slugger = new GithubSlugger()
  return tokens.flatMap((token, index) => {
    if (token.type !== 'heading_open') return []
    const text = plainText(tokens[index + 1])
    return [{ text, anchor: slugger.slug(text) }]
  })
}

/** What a heading says, without what it looks like. */
export function plainText(inline: Token | undefined): string {
  const parts = inline?.children ?? []
  return parts
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('')
}

function linksOf(tokens: readonly Token[]): Link[] {
  return tokens.flatMap(({ children, map }) =>
    (children ?? []).flatMap((child) => {
      const href = child.attrGet(child.type === 'image' ? 'src' : 'href')
      return href === null ? [] : [{ line: (map?.[0] ?? 0) + 1, href: String(href) }]
    }),
  )
}

interface Directives {
  context: string
  needsNative: boolean
  runBy: string | undefined
}

function blocksOf(page: string, tokens: readonly Token[]): Block[] {
  const blocks: Block[] = []
  let allRunBy: string | undefined
  let next: Directives = { context: '', needsNative: false, runBy: undefined }
  for (const token of tokens) {
    if (token.type === 'html_block') {
      next = { ...next, ...directivesOf(token.content) }
      allRunBy ??= /<!-- all run by (\S+) -->/.exec(token.content)?.[1]
    } else if (token.type === 'fence' || token.type === 'code_block') {
      const [language = '', ...words] = token.type === 'fence' ? token.info.trim().split(/\s+/) : ['indented']
      const line = (token.map?.[0] ?? 0) + (token.type === 'fence' ? 2 : 1)
      blocks.push({ page, line, language, words, code: token.content, ...next, runBy: next.runBy ?? allRunBy })
      next = { context: '', needsNative: false, runBy: undefined }
    }
  }
  return blocks
}

function directivesOf(comment: string): Partial<Directives> {
  const context = /<!-- context\n([^]*?)-->/.exec(comment)?.[1]
  const runBy = /<!-- run by (\S+) -->/.exec(comment)?.[1]
  return {
    ...(context === undefined ? {} : { context }),
    ...(runBy === undefined ? {} : { runBy }),
    ...(comment.includes('<!-- needs native -->') ? { needsNative: true } : {}),
  }
}
