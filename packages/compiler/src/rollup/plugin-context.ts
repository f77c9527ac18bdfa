// The plugin as rollup, rolldown and vite take it, without depending on any of them: the hooks it has, and what it asks of its
// context.
import type { SourceMap } from 'magic-string'

export interface PluginContext {
  /** Of a log line that does not stop the build. */
  warn(message: string): void
  info(message: string): void
  addWatchFile(id: string): void
  resolve(source: string, importer?: string): Promise<{ readonly id: string; readonly external: unknown } | null>
}

export interface OutputContext {
  warn(message: string): void
  info(message: string): void
  parse(code: string): unknown
  emitFile(file: { type: 'asset'; fileName: string; source: string | Uint8Array }): string
}

export interface Changed {
  code: string
  map: SourceMap
}

/** A file of what is written. */
export interface OutputFile {
  readonly type: string
  readonly fileName: string
  readonly code?: string
}

export interface CatzillaPlugin {
  name: 'catzilla'
  /** For vite: before types are taken out. */
  enforce: 'pre'
  apply: 'build'
  resolveId(source: string): string | undefined
  load(id: string): string | undefined
  transform: {
    order: 'pre'
    handler(this: PluginContext, code: string, id: string): Promise<Changed | undefined>
  }
  renderChunk(code: string, chunk: { readonly fileName: string }): Changed | undefined
  generateBundle: {
    order: 'post'
    handler(this: OutputContext, options: unknown, bundle: Readonly<Record<string, OutputFile>>): Promise<void>
  }
}
