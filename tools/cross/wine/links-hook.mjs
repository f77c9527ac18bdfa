// `--import`ed by a Node of Windows in wine, which takes symbolic links of Linux for folders. Modules are found by where
// they really are, so that each is loaded once and finds what pnpm put beside it. CATZILLA_LINKS names the table of links.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** @type {Record<string, string>} from the path of a link to that of what it names, as Linux has them */
const links = JSON.parse(readFileSync(process.env.CATZILLA_LINKS, 'utf8'))

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    return found.url.includes('/node_modules/') ? { ...found, url: really(found.url) } : found
  },
})

/** Links may lie behind links. */
function really(url) {
  const [drive, path] = [fileURLToPath(url).slice(0, 2), fileURLToPath(url).slice(2).replaceAll('\\', '/')]
  for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) {
    const target = links[path.slice(0, at)]
    if (target !== undefined) return really(pathToFileURL(drive + target + path.slice(at)).href)
  }
  return url
}
