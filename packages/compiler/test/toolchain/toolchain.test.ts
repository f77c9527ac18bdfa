// From C text to a library, by the machine's compiler and by bad ones.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cLibrary, compileFunction, type TypeHint } from '../../src/index.ts'
import type { LoadedC, Toolchain, ToolchainOptions } from '../../src/toolchain/toolchain.ts'
import {
  describeCompiling,
  describeNative,
  fakeCompiler,
  folderWith,
  newFolder,
  newToolchain,
  theCore,
  times,
} from './fakes.ts'

async function loaded(toolchain: Toolchain, text: string): Promise<LoadedC> {
  const made = await toolchain.load(text)
  if ('reason' in made) throw new Error(made.reason)
  return made
}

async function reasonOf(script: string, timeoutMs?: number): Promise<string> {
  const env = { PATH: process.env['PATH'], CATZILLA_CC: fakeCompiler(script), CATZILLA_CACHE: newFolder() }
  const made = await newToolchain({ env, ...(timeoutMs === undefined ? {} : { timeoutMs }) }).compile('int x;')
  return 'reason' in made ? made.reason : 'it compiled'
}

describeCompiling('a toolchain with a compiler', () => {
  test('compiles, loads, and finds it in the cache the next time', async () => {
    const env = { PATH: process.env['PATH'], CATZILLA_CACHE: newFolder() }
    const first = await loaded(newToolchain({ env }), times(2, 'twice') + times(3, 'thrice').replace(/.*\n.*\n/, ''))
    expect(first).toMatchObject({ cached: false, compiler: { version: expect.stringMatching(/\d/) as string } })
    expect(['twice', 'thrice', 'none'].map((name) => first.library.has(name))).toEqual([true, true, false])
    const again = newToolchain({ env })
    const second = await loaded(again, times(2, 'twice') + times(3, 'thrice').replace(/.*\n.*\n/, ''))
    expect(second).toMatchObject({ cached: true, key: first.key })
    expect(second.library.has('thrice')).toBe(true)
    console.log(`cold ${first.ms.toFixed(1)} ms, out of the cache ${second.ms.toFixed(1)} ms`)
    const other = await loaded(again, times(4))
    expect(other).toMatchObject({ cached: false })
    expect(other.key).not.toBe(first.key)
    expect((await loaded(again, times(4))).library).toBe(other.library)
  })

  test('does not take from the cache what was made for other surroundings', async () => {
    const env = { PATH: process.env['PATH'], CATZILLA_CACHE: newFolder() }
    const core = theCore()
    const { key } = await loaded(newToolchain({ env }), times(5))
    // the compiler of this machine, as another version
    const renewed = folderWith('cc', '[ "$1" = --version ] && { echo renewed 2.0; exit 0; }\nexec /usr/bin/env cc "$@"')
    const others: readonly Partial<ToolchainOptions>[] = [
      { env: { ...env, CATZILLA_CC: join(renewed, 'cc') } },
      { env, core: { ...core, libc: 'another 1.0' } },
      { env, core: { ...core, kernelAbi: core.kernelAbi + 1 } },
    ]
    const keys = [key]
    for (const options of others) {
      const made = await loaded(newToolchain({ ...options, env: { ...env, ...options.env } }), times(5))
      expect(made.cached).toBe(false)
      keys.push(made.key)
    }
    expect(new Set(keys).size).toBe(4)
    expect(await loaded(newToolchain({ env }), times(5))).toMatchObject({ cached: true, key })
  })

  test('makes bodies of functions, which answer as their programs do', async () => {
    const cases: readonly [
      fn: (...args: never[]) => unknown,
      types: readonly TypeHint[],
      args: readonly unknown[][],
    ][] = [
      [collatz, ['number'], [[27], [1], [0.5], [NaN], [-3]]],
      [
        greet,
        ['string', 'number'],
        [
          ['Ada', 3.5],
          ['\u{1F600}\uD800', -0],
          ['', NaN],
        ],
      ],
      [sum, ['Float64Array'], [[new Float64Array([0.1, 0.2, 0.3])], [new Float64Array()]]],
      [
        at,
        ['Float64Array', 'number'],
        [
          [new Float64Array([1, 2]), 1],
          [new Float64Array([1, 2]), 2],
        ],
      ],
    ]
    const compiled = cases.map(([fn, types]) => {
      const compilation = compileFunction(fn.toString(), { types })
      if (!compilation.ok) throw new Error(JSON.stringify(compilation.blockers))
      return compilation
    })
    const { library } = await loaded(newToolchain(), cLibrary(compiled.map((each, i) => each.c(`body${i}`))))
    for (const [index, [, , args]] of cases.entries()) {
      const bytes = compiled[index]?.program ?? new Uint8Array()
      const [interpreted, native] = [bytes, bytes].map((each) => theCore().programs.openProgram(each))
      native?.useBody(library, `body${index}`)
      for (const each of args) {
        expect(native?.call(each)).toEqual(interpreted?.call(each))
        expect(native?.lastBail()).toEqual(interpreted?.lastBail())
      }
    }
  })

  test('compiles a text once for all who want it', async () => {
    const toolchain = newToolchain()
    const all = await Promise.all([
      toolchain.compile(times(5)),
      toolchain.compile(times(5)),
      toolchain.compile(times(6)),
    ])
    expect(all[0]).toBe(all[1])
    expect(all.map((made) => 'bytes' in made)).toEqual([true, true, true])
  })

  test('rebuilds an entry of the cache that was changed', async () => {
    const cache = newFolder()
    const env = { PATH: process.env['PATH'], CATZILLA_CACHE: cache }
    await loaded(newToolchain({ env }), times(7))
    const [name = ''] = readdirSync(cache)
    const before = readFileSync(join(cache, name))
    writeFileSync(
      join(cache, name),
      before.map((byte, i) => (i > 1000 ? byte ^ 1 : byte)),
    )
    const again = await loaded(newToolchain({ env }), times(7))
    expect(again.cached).toBe(false)
    expect(again.library.has('body')).toBe(true)
    expect(readFileSync(join(cache, name)).equals(before)).toBe(true)
  })

  test('compiles without a cache, and where there can be none', async () => {
    for (const cache of ['off', '/proc/catzilla', '/dev/null']) {
      const env = { PATH: process.env['PATH'], CATZILLA_CACHE: cache }
      expect(await loaded(newToolchain({ env }), times(8))).toMatchObject({ cached: false })
    }
  })

  test('says once that a folder which was asked for is not used, and nothing of one that was not', async () => {
    const open = newFolder()
    mkdirSync(open, { recursive: true })
    chmodSync(open, 0o755)
    const told: string[] = []
    const listen = (warning: Error): void => void told.push(warning.message)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const PATH = process.env['PATH']
    const toolchain = newToolchain({ env: { PATH, CATZILLA_CACHE: open } })
    await loaded(toolchain, times(7))
    await loaded(toolchain, times(8))
    await loaded(newToolchain({ env: { PATH, HOME: '/proc/none' } }), times(9))
    expect(readdirSync(open)).toEqual([])
    expect(told).toEqual([expect.stringContaining(`CATZILLA_CACHE names ${open}, which has to be a folder`)])
  })

  test('tells what the compiler says about a text', async () => {
    const made = await newToolchain().compile('int f(void) { return wrong; }')
    expect('reason' in made && made.reason).toMatch(/^\/.*\/cc ended with code 1: bodies\.c: .*error: .*wrong/s)
  })

  test('does not load what has no bodies, or those of another version', async () => {
    const toolchain = newToolchain()
    expect(await toolchain.load('int x;')).toEqual({
      reason: 'the compiled library does not load: it is no library of bodies',
    })
    const foreign = '__attribute__((visibility("default"))) const unsigned ctz_body_abi = 999;'
    expect(await toolchain.load(foreign)).toEqual({
      reason: 'the compiled library does not load: it was made for another version',
    })
  })
})

describeNative('a toolchain', () => {
  test('where the core has none, says why, and asks no compiler', async () => {
    const noToolchain = 'there is none on this system'
    const createToolchain = (): never => {
      throw new Error('it was asked')
    }
    const toolchain = newToolchain({ core: { ...theCore(), noToolchain, createToolchain } })
    expect(await toolchain.compiler()).toEqual({ reason: noToolchain })
    expect(await toolchain.load(times(2))).toEqual({ reason: noToolchain })
    toolchain.close()
  })

  test('says what a compiler did instead', async () => {
    expect(await reasonOf('echo oh no >&2; exit 7')).toMatch(/cc ended with code 7: oh no$/)
    expect(await reasonOf('kill -SEGV $$')).toMatch(/cc was ended by signal 11$/)
    expect(await reasonOf('exit 0')).toMatch(/cc ended well and wrote no library$/)
    expect(await reasonOf('trap "" TERM; sleep 60', 150)).toMatch(/cc took longer than 0\.\d s and was killed$/)
    expect(await reasonOf('exec >&- 2>&-; sleep 60', 150)).toMatch(/took longer than/)
    const much = await reasonOf('i=0; while [ $i -lt 5000 ]; do echo 0123456789abcdef; i=$((i+1)); done; exit 1')
    expect(much).toMatch(/cc ended with code 1: 0123/)
    expect(much.length).toBeLessThan(4400)
    const garbage = newToolchain({ env: { PATH: '/bin:/usr/bin', CATZILLA_CC: fakeCompiler(garbageScript) } })
    expect(await garbage.load('int x;')).toEqual({
      reason: expect.stringMatching(/^the compiled library does not load: /) as string,
    })
  })

  test('leaves no folder of a job behind', async () => {
    const cache = newFolder()
    const env = {
      PATH: '/bin:/usr/bin',
      CATZILLA_CC: fakeCompiler('touch $TMPDIR/left; exit 1'),
      CATZILLA_CACHE: cache,
    }
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('job-'))
    await newToolchain({ env }).compile('int x;')
    expect(readdirSync(cache)).toEqual([])
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('job-'))).toEqual(before)
  })

  test('gives a compiler nothing of the environment but where to look', async () => {
    const env = { PATH: '/bin:/usr/bin', LD_PRELOAD: 'x', CPATH: '/x', CATZILLA_CC: fakeCompiler('env >&2; exit 1') }
    const made = await newToolchain({ env }).compile('int x;')
    const lines = 'reason' in made ? made.reason.split('\n') : []
    const names = new Set(lines.map((line) => /(\w+)=/.exec(line)?.[1]))
    // what the shell adds
    for (const name of ['PWD', '_', 'SHLVL']) names.delete(name)
    expect(names).toEqual(new Set(['PATH', 'LC_ALL', 'TMPDIR']))
  })

  test('runs a compiler at a low priority, and leaves that of the process as it is', async () => {
    const own = getPriority()
    // elsewhere a thread has no priority of its own to give away
    const lower = process.platform === 'linux' ? Math.min(own + 10, 19) : own
    const told = await reasonOf('nice >&2; exit 1')
    expect(told).toMatch(new RegExp(`: ${lower}$`))
    expect(getPriority()).toBe(own)
  })

  test('that is closed tells those who wait, and compiles no more', async () => {
    const folder = newFolder()
    const begun = join(folder, 'begun')
    const toolchain = newToolchain({
      env: { PATH: '/bin:/usr/bin', CATZILLA_CC: fakeCompiler(`mkdir ${begun}; sleep 60`) },
    })
    const compiling = toolchain.compile('int x;')
    await until(() => readdirSync(folder).length > 0)
    toolchain.close()
    expect(await compiling).toEqual({ reason: expect.stringMatching(/cc was stopped$/) as string })
    expect(await toolchain.compile('int y;')).toEqual({ reason: expect.stringMatching(/cc was stopped$/) as string })
    toolchain.close()
  })

  test('ends with the process: nothing runs on, and no folder stays', async () => {
    const [folder, cache] = [newFolder(), newFolder()]
    const compiler = fakeCompiler(`echo $$ > ${folder}/number; sleep 60`)
    const before = new Set(process.listeners('exit'))
    const env = { PATH: '/bin:/usr/bin', CATZILLA_CC: compiler, CATZILLA_CACHE: cache }
    const compiling = newToolchain({ env }).compile('int x;')
    await until(() => existsSync(join(folder, 'number')) && readFileSync(join(folder, 'number')).length > 0)
    expect(readdirSync(cache)).toHaveLength(1)
    for (const listener of process.listeners('exit')) if (!before.has(listener)) listener(0)
    expect(readdirSync(cache)).toEqual([])
    expect(() => process.kill(Number(readFileSync(join(folder, 'number'), 'utf8')), 0)).toThrow('ESRCH')
    expect(await compiling).toEqual({ reason: expect.stringMatching(/cc was stopped$/) as string })
    expect(process.listeners('exit').filter((listener) => !before.has(listener))).toEqual([])
  })

  test('says that too much waits', async () => {
    const env = { PATH: '/bin:/usr/bin', CATZILLA_CC: fakeCompiler('sleep 600') }
    const toolchain = newToolchain({ env, timeoutMs: 600_000 })
    await toolchain.compiler()
    const settled: string[] = []
    const all = Array.from({ length: 70 }, async (_, i) => {
      const made = await toolchain.compile(`int x${i};`)
      settled.push('reason' in made ? made.reason : 'compiled')
    })
    // each has to make its folder before it asks for its turn
    await until(() => settled.length === 6)
    expect(new Set(settled)).toEqual(new Set(['too many jobs wait']))
    toolchain.close()
    await Promise.all(all)
    expect(settled.filter((reason) => reason.endsWith(' was stopped'))).toHaveLength(64)
  })
})

describeNative('the compiler', () => {
  const compilerWith = (env: Record<string, string>): ReturnType<Toolchain['compiler']> =>
    newToolchain({ env }).compiler()
  const script = 'echo "${0##*/} 1.0"; echo more'

  test('is cc, gcc or clang, whichever is first on the PATH', async () => {
    const clang = folderWith('clang', script)
    const cc = folderWith('cc', script)
    expect(await compilerWith({ PATH: clang })).toEqual({ path: join(clang, 'clang'), version: 'clang 1.0' })
    expect(await compilerWith({ PATH: `${clang}:${cc}` })).toMatchObject({ path: join(cc, 'cc') })
    const broken = folderWith('cc', 'exit 1')
    expect(await compilerWith({ PATH: `${broken}:${cc}` })).toMatchObject({ path: join(cc, 'cc') })
  })

  test('is the one that CATZILLA_CC names, and no other', async () => {
    const cc = folderWith('cc', script)
    const other = folderWith('other', script)
    const named = { path: join(other, 'other'), version: 'other 1.0' }
    expect(await compilerWith({ PATH: cc, CATZILLA_CC: join(other, 'other') })).toEqual(named)
    expect(await compilerWith({ PATH: `${cc}:${other}`, CATZILLA_CC: 'other' })).toEqual(named)
    expect(await compilerWith({ PATH: cc, CATZILLA_CC: 'other' })).toEqual({
      reason: 'CATZILLA_CC names other, and no program of that name is on the PATH',
    })
    expect(await compilerWith({ PATH: cc, CATZILLA_CC: '/nowhere/cc' })).toEqual({
      reason: '/nowhere/cc --version did not start (errno 2)',
    })
  })

  test('is missing, with a reason', async () => {
    const none = 'there is no C compiler: none of cc, gcc, clang is on the PATH, and CATZILLA_CC names none'
    const folder = newFolder()
    mkdirSync(join(folder, 'gcc'))
    const notRunnable = folderWith('cc', script, 0o644)
    for (const path of ['', '/nowhere', `.:bin:${folder}:${notRunnable}`]) {
      expect(await compilerWith({ PATH: path })).toEqual({ reason: none })
      expect(await newToolchain({ env: { PATH: path } }).compile('int x;')).toEqual({ reason: none })
    }
    const broken = folderWith('cc', 'echo broken; exit 1')
    expect(await compilerWith({ PATH: broken })).toEqual({
      reason: `no C compiler works: ${join(broken, 'cc')} --version ended with code 1: broken`,
    })
    const mute = folderWith('gcc', '')
    expect(await compilerWith({ PATH: mute })).toEqual({
      reason: `no C compiler works: ${join(mute, 'gcc')} does not say what it is`,
    })
  })
})

function collatz(n: number): number {
  let steps = 0
  while (n > 1 && steps < 1000) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1
    steps++
  }
  return steps
}

function greet(name: string, amount: number): string {
  return `Hello ${name.toUpperCase()}, you have ${amount.toFixed(2)} (${amount})`
}

function sum(values: Float64Array): number {
  let all = 0
  for (let i = 0; i < values.length; i++) all += values[i] as number
  return all
}

function at(values: Float64Array, index: number): number {
  return values[index] as number
}

/** Writes something to where the library shall be. */
const garbageScript = 'while [ "$1" != -o ]; do shift; done; echo garbage > $2'

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
