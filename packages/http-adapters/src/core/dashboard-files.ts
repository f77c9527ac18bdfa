// The files of the dashboard. The folder is read once; what is asked for is looked up in that list and never in the file
// system, so no path can climb out of it.
import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { HttpProblem } from './problem.ts'

export interface DashboardFile {
  readonly bytes: Uint8Array
  readonly type: string
  readonly etag: string
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** Nothing but what comes from here: no inline script, no other site, no frame round it. */
export const contentSecurityPolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export class DashboardFiles {
  readonly #folder: () => Promise<string>
  #files: Promise<ReadonlyMap<string, DashboardFile>> | undefined

  constructor(folder: () => Promise<string>) {
    this.#folder = folder
  }

  /** @param path below the dashboard, `''` for its page. @throws HttpProblem 404, 501 */
  async get(path: string): Promise<DashboardFile> {
    this.#files ??= this.#folder().then(readFiles)
    let files: ReadonlyMap<string, DashboardFile>
    try {
      files = await this.#files
    } catch (thrown) {
      // it may be installed by the next time
      this.#files = undefined
      throw thrown
    }
    const file = files.get(path === '' ? 'index.html' : path)
    if (file === undefined) throw new HttpProblem('not-found', 'the dashboard has no such file')
    return file
  }
}

async function readFiles(folder: string): Promise<ReadonlyMap<string, DashboardFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found = entries
    // a link might lead anywhere
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const files = await Promise.all(
    found.map(async (path) => {
      const bytes = await readFile(path)
      const type = types[extname(path)] ?? 'application/octet-stream'
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
      return [relative(folder, path).split(sep).join('/'), { bytes, type, etag }] as const
    }),
  )
  return new Map(files)
}
