// C text becomes a library of bodies: out of the disk cache, or by the C compiler of the machine. Nothing here rejects or
// throws: what cannot be done is told in words.
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NativeCore, NativeLibrary } from '@catzilla/core-c'
import { cacheFolderOf, DiskCache } from './disk-cache.ts'
import { environmentOf, findCompiler, type Compiler, type Environment, type Missing } from './find-compiler.ts'
import { compilerFlags } from './flags.ts'
import { failureOf, Jobs } from './jobs.ts'
import { Scratch } from './scratch.ts'

export interface ToolchainOptions {
  readonly core: NativeCore
  /** Where the headers of the core are: `includeFolder` of `@catzilla/core-c`. */
  readonly includeFolder: string
  /** CATZILLA_CC, CATZILLA_CACHE, XDG_CACHE_HOME, HOME and PATH are looked at; of the process unless given. */
  readonly env?: Environment
  /** 64 MiB unless given. */
  readonly cacheBytes?: number
  /** How long the compiler may take: 60 s unless given. It runs at a low priority, and others may keep the machine busy. */
  readonly timeoutMs?: number
  /** A compilation that is awaited keeps the event loop alive; otherwise it ends with the process. */
  readonly keepAlive?: boolean
}

/** A shared object with the bodies of a C text. */
export interface CompiledC {
  /** Of all that it depends on: the same key, the same bytes. */
  readonly key: string
  readonly bytes: Uint8Array
  readonly compiler: Compiler
  readonly cached: boolean
  readonly ms: number
}

export interface LoadedC extends Omit<CompiledC, 'bytes'> {
  readonly library: NativeLibrary
}

interface Setting {
  readonly compiler: Compiler
  /** Hash of all that a library depends on, but its own text. */
  readonly fingerprint: string
}

const cacheVersion = 1

/** One for each isolate that compiles; the compiler is looked for once. */
export class Toolchain {
  readonly #options: ToolchainOptions
  readonly #env: Environment
  readonly #jobs: Jobs
  readonly #scratch: Scratch
  readonly #cache: DiskCache | undefined
  readonly #compiling = new Map<string, Promise<CompiledC | Missing>>()
  readonly #libraries = new Map<string, NativeLibrary>()
  #setting: Promise<Setting | Missing> | undefined
  #complained = false

  constructor(options: ToolchainOptions) {
    this.#options = options
    this.#env = options.env ?? process.env
    this.#jobs = new Jobs(options.core)
    this.#scratch = new Scratch(() => this.#jobs.close())
    const folder = cacheFolderOf(this.#env)
    if (folder !== undefined) this.#cache = new DiskCache(folder, options.cacheBytes ?? 2 ** 26)
  }

  /** The C compiler, or why there is none. */
  async compiler(): Promise<Compiler | Missing> {
    const setting = await this.#set()
    return 'reason' in setting ? setting : setting.compiler
  }

  /** A text that is being compiled is not compiled twice. */
  async compile(text: string): Promise<CompiledC | Missing> {
    const setting = await this.#set()
    if ('reason' in setting) return setting
    const key = createHash('sha256').update(setting.fingerprint).update(text).digest('hex')
    const known = this.#compiling.get(key)
    if (known !== undefined) return known
    const made = this.#produce(text, key, setting.compiler).catch(missing)
    this.#compiling.set(key, made)
    try {
      return await made
    } finally {
      this.#compiling.delete(key)
    }
  }

  /** Compiles the text and loads the library, once in this process. */
  async load(text: string): Promise<LoadedC | Missing> {
    const made = await this.compile(text)
    if ('reason' in made) return made
    const { bytes, ...rest } = made
    try {
      const library = this.#libraries.get(made.key) ?? this.#options.core.openLibrary(bytes)
      this.#libraries.set(made.key, library)
      return { ...rest, library }
    } catch (thrown) {
      return { reason: `the compiled library does not load: ${missing(thrown).reason}` }
    }
  }

  /** Kills a compiler that runs; nothing is compiled any more. */
  close(): void {
    this.#jobs.close()
  }

  #set(): Promise<Setting | Missing> {
    this.#setting ??= this.#keepingAlive(this.#prepare()).catch(missing)
    return this.#setting
  }

  async #prepare(): Promise<Setting | Missing> {
    const { core, includeFolder } = this.#options
    const [compiler, headers] = await Promise.all([findCompiler(this.#jobs, this.#env), headersOf(includeFolder)])
    if ('reason' in compiler) return compiler
    const { version, bodyAbi } = core.programs
    const surroundings = [process.platform, process.arch, core.libc, core.kernelAbi, version, bodyAbi]
    const flags = compilerFlags(process.platform)
    const all = JSON.stringify([cacheVersion, compiler.path, compiler.version, flags, surroundings, headers])
    return { compiler, fingerprint: createHash('sha256').update(all).digest('hex') }
  }

  async #produce(text: string, key: string, compiler: Compiler): Promise<CompiledC | Missing> {
    const began = performance.now()
    const stored = await this.#cache?.read(key)
    if (stored !== undefined) return { key, bytes: stored, compiler, cached: true, ms: performance.now() - began }
    const cacheFolder = await this.#cache?.folder()
    if (cacheFolder === undefined) this.#complain()
    const parents = [...(cacheFolder === undefined ? [] : [cacheFolder]), tmpdir()]
    const made = await this.#keepingAlive(
      this.#scratch.use(parents, (folder) => this.#runCompiler(text, folder, compiler)),
    )
    if ('reason' in made) return made
    await this.#cache?.write(key, made.bytes)
    return { key, bytes: made.bytes, compiler, cached: false, ms: performance.now() - began }
  }

  /** Who has named a folder expects that it is used; one that is only a guess may be missing, as in a container. */
  #complain(): void {
    const asked = this.#env['CATZILLA_CACHE'] ?? ''
    if (this.#complained || this.#cache === undefined || asked === '') return
    this.#complained = true
    process.emitWarning(
      `compiled bodies are not kept: CATZILLA_CACHE names ${asked}, which has to be a folder that this user owns and nobody else may enter (chmod 700), or one that can be made`,
      { type: 'CatzillaWarning', code: 'CATZILLA_CACHE_UNUSED' },
    )
  }

  async #runCompiler(text: string, folder: string, compiler: Compiler): Promise<{ bytes: Uint8Array } | Missing> {
    const source = join(folder, 'bodies.c')
    const library = join(folder, 'bodies.so')
    await writeFile(source, text, { flag: 'wx', mode: 0o600 })
    const flags = [...compilerFlags(process.platform), '-I', this.#options.includeFolder]
    const job = await this.#jobs.run({
      file: compiler.path,
      args: [compiler.path, ...flags, '-o', library, source],
      env: environmentOf(this.#env, folder),
      timeoutMs: this.#options.timeoutMs ?? 60_000,
    })
    const failure = failureOf(compiler.path, job)
    if (failure !== undefined) return { reason: failure.replaceAll(`${folder}/`, '') }
    const bytes = await readFile(library).catch(() => new Uint8Array())
    return bytes.length === 0 ? { reason: `${compiler.path} ended well and wrote no library` } : { bytes }
  }

  async #keepingAlive<T>(work: Promise<T>): Promise<T> {
    const hold = this.#options.keepAlive === true ? setInterval(() => {}, 2 ** 30) : undefined
    try {
      return await work
    } finally {
      clearInterval(hold)
    }
  }
}

const missing = (thrown: unknown): Missing => ({ reason: thrown instanceof Error ? thrown.message : String(thrown) })

/** Names and texts of all headers. */
async function headersOf(includeFolder: string): Promise<readonly string[]> {
  const folder = join(includeFolder, 'ctz')
  const names = (await readdir(folder)).toSorted()
  return Promise.all(names.map(async (name) => `${name}\n${await readFile(join(folder, name), 'utf8')}`))
}
