// Programs of Windows, run in wine with a disk of their own.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The path of a file as programs in wine see it, which has the whole disk as Z. */
export const insideWine = (path) => `Z:${path}`

/** For `--import` there. */
export const urlInsideWine = (path) => pathToFileURL(path).href.replace('file:///', 'file:///Z:/')

export class Wine {
  #env
  #log

  /**
   * @param {string} folder for what wine keeps: it fills a disk on its first start, which takes a while
   * @param {NodeJS.ProcessEnv} env what programs are told
   */
  constructor(folder, env) {
    const prefix = join(folder, 'wine')
    mkdirSync(prefix, { recursive: true })
    // the last: a check of Node's own knows no Windows that calls itself so old
    const own = {
      WINEPREFIX: prefix,
      WINEDEBUG: '-all',
      WINEDLLOVERRIDES: 'mscoree,mshtml=',
      NODE_SKIP_PLATFORM_CHECK: '1',
    }
    this.#env = { ...process.env, ...own, ...env }
    this.#log = join(folder, 'output.txt')
    this.close() // what a run left that was killed
    // one server for all programs: otherwise each would start what belongs to Windows again
    this.run('wineserver', ['--persistent'])
    this.run('wineboot', ['--init'])
  }

  /** Ends with its exit code unless that is 0. What it writes comes when it has ended: Node in wine cannot have pipes of Linux. */
  run(program, args, env = {}) {
    const output = openSync(this.#log, 'w')
    // only a hang takes so long
    const limits = { timeout: 600_000, killSignal: 'SIGKILL' }
    const ran = spawnSync(program, args, {
      ...limits,
      env: { ...this.#env, ...env },
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    const said = readFileSync(this.#log, 'utf8')
    rmSync(this.#log)
    if (said !== '') process.stdout.write(said)
    if (ran.error === undefined && ran.status === 0) return
    console.error(`${[program, ...args].join(' ')}: ${ran.error?.message ?? `exit code ${ran.status ?? ran.signal}`}`)
    this.close()
    process.exit(ran.status || 1)
  }

  /** Nothing of it stays running. */
  close() {
    spawnSync('wineserver', ['--kill'], { env: this.#env, stdio: 'ignore' })
    spawnSync('wineserver', ['--wait'], { env: this.#env, stdio: 'ignore' })
  }
}
