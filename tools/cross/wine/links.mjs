// Where the links that pnpm makes point to, for who cannot see that they are links.
import { lstatSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @param {string} root of the repository
 * @returns {Record<string, string>} from the path of each link to a package to that of the package
 */
export function linksIn(root) {
  const store = join(root, 'node_modules', '.pnpm')
  const groups = [join(root, 'packages'), join(root, 'apps'), store]
  const owners = [root, ...groups.flatMap((group) => readdirSync(group).map((name) => join(group, name)))]
  const links = owners
    .flatMap((owner) => packagesIn(join(owner, 'node_modules')))
    .filter((path) => lstatSync(path).isSymbolicLink())
  return Object.fromEntries(links.map((path) => [path, realpathSync(path)]))
}

/** Those of scopes too. */
function packagesIn(folder) {
  return namesIn(folder).flatMap((name) =>
    name.startsWith('@') ? namesIn(join(folder, name)).map((own) => join(folder, name, own)) : [join(folder, name)],
  )
}

/** None when there is no such folder. */
function namesIn(folder) {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
