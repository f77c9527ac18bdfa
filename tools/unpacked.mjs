// Programs that tests need and the machine lacks: packages of the distribution unpacked into .cache, as nobody special; nothing is
// installed. Where that cannot be done, it is said why.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const cache = resolve(import.meta.dirname, '../.cache/services')

/** Longest wait for each of its steps. */
const FETCH_PATIENCE_MS = 120_000

/** The packages of each program, and where it lies in them. */
const packages = {
  'redis-server': { wanted: ['redis-server', 'redis-tools'], bin: (root) => join(root, 'usr/bin/redis-server') },
  postgresql: {
    wanted: ['postgresql'],
    bin: (root) => {
      const home = join(root, 'usr/lib/postgresql')
      const [version] = existsSync(home) ? readdirSync(home) : []
      return join(home, version ?? 'none', 'bin')
    },
  },
  chromium: {
    wanted: ['chromium', 'chromium-common', 'fontconfig-config', 'fonts-dejavu-core'],
    bin: (root) => join(root, 'usr/lib/chromium/chromium'),
  },
}

/**
 * A program unpacked below .cache, from where it is taken the next time.
 * @param {keyof typeof packages} name
 * @returns {{ path: string, source: string, env: Record<string, string> } | { skip: string }}
 */
export function unpacked(name) {
  const root = join(cache, name)
  const { wanted, bin } = packages[name]
  const found = () => {
    const path = bin(root)
    return existsSync(path) ? { path, source: `${name} unpacked into .cache`, env: surroundingsOf(root) } : undefined
  }
  const before = found()
  if (before !== undefined) return before
  const unpacking = `${root}.${process.pid}`
  try {
    mkdirSync(unpacking, { recursive: true })
    unpack(wanted, unpacking)
    // whoever is first: others that fetched it meanwhile have the same
    if (!existsSync(root)) renameSync(unpacking, root)
    return found() ?? { skip: `the packages of ${name} have no such program in them` }
  } catch (error) {
    return { skip: `no ${name} on this machine, and it cannot be fetched: ${String(error.message).split('\n')[0]}` }
  } finally {
    rmSync(unpacking, { recursive: true, force: true })
  }
}

function unpack(wanted, folder) {
  const options = { cwd: folder, stdio: 'pipe', timeout: FETCH_PATIENCE_MS, encoding: 'utf8' }
  const lists = join(folder, 'lists')
  mkdirSync(join(lists, 'partial'), { recursive: true })
  // lists of our own, which need no rights
  const settings = ['Dir::Cache::pkgcache=', 'Dir::Cache::srcpkgcache=', 'Debug::NoLocking=true', 'APT::Sandbox::User=']
  const own = [`Dir::State::lists=${lists}`, ...settings].flatMap((each) => ['-o', each])
  execFileSync('apt-get', [...own, 'update'], options)
  const needed = execFileSync(
    'apt-cache',
    [
      ...own,
      'depends',
      '--recurse',
      '--no-recommends',
      '--no-suggests',
      '--no-conflicts',
      '--no-breaks',
      '--no-replaces',
      '--no-enhances',
      ...wanted,
    ],
    options,
  )
  const names = new Set(needed.split('\n').filter((line) => /^[a-z0-9]/.test(line)))
  const fitting = [...names].filter((each) => isServerOrLibrary(each, wanted))
  execFileSync('apt-get', [...own, 'download', ...fitting], options)
  for (const file of readdirSync(folder).filter((each) => each.endsWith('.deb'))) {
    execFileSync('dpkg', ['-x', file, '.'], options)
    rmSync(join(folder, file))
  }
  rmSync(lists, { recursive: true, force: true })
}

/** Of all that the packages depend on, what is no part of every system. */
function isServerOrLibrary(name, wanted) {
  if (/^lib(c6|c-bin|gcc|stdc|crypt1|pam|systemd|selinux|audit)|perl/.test(name)) return false
  return wanted.includes(name) || /^(lib|postgresql-\d+$|postgresql-client-\d+$)/.test(name)
}

/** Where programs below this folder find their libraries, and their fonts. */
function surroundingsOf(root) {
  const home = join(root, 'usr/lib')
  const folders = existsSync(home) ? readdirSync(home).filter((each) => each.includes('-linux-')) : []
  const libraries = folders.flatMap((each) => [join(home, each), join(home, each, 'pulseaudio')])
  const fonts = existsSync(join(root, 'etc/fonts')) ? { FONTCONFIG_SYSROOT: root } : {}
  return libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(delimiter), ...fonts }
}
