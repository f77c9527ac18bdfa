// The door `@catzilla/compiler/prebuilt`: what a built application needs of the compiler, which is not to compile.
import type { NativeCore } from '@catzilla/core-c'
import { buildOutputAt } from './build-output.ts'
import type { BuildOutput } from './build-output.ts'
import { hashOfText } from './fingerprint.ts'
import { namesInText } from './names-in-text.ts'
import type { TakenPrebuilt } from './take-prebuilt.ts'
import { takePrebuilt } from './take-prebuilt.ts'

export type { TakenBody, TakenPrebuilt } from './take-prebuilt.ts'

type Body = (...args: never[]) => unknown
type Captures = Readonly<Record<string, unknown>>

/** Under `Symbol.for('@catzilla/prebuilt')`, on a function or on `globalThis`: what `@catzilla/api` asks. */
export interface PrebuiltMark {
  factsOf(body: Body, captures: Captures | undefined): PrebuiltFacts | undefined
}

export interface PrebuiltFacts {
  prebuilt(core: object): TakenPrebuilt
  captures?(): Captures
}

const markKey = Symbol.for('@catzilla/prebuilt')

/**
 * Marks a body as one that was compiled when the application was built. The rollup plugin writes calls of this.
 * @param key under which the manifest has it
 * @param captures the names that it takes from its module, and what they are
 * @param from `import.meta.url` of the file that was built
 * @param manifest its path from there
 */
export function markPrebuilt<F extends Body>(
  body: F,
  key: string,
  captures: () => Captures,
  from: string,
  manifest: string,
): F {
  const mark: PrebuiltMark = {
    factsOf: () => ({
      captures: () => namesInText(captures),
      prebuilt: (core) =>
        takePrebuilt(
          body,
          buildOutputAt(new URL(manifest, from)),
          (bodies) => {
            // put into several files, and written anew in one of them, a body stands there more than once
            const named = bodies.filter((each) => each.key === key)
            return named.find(({ text }) => text === textOf(body)) ?? named[0]
          },
          captures,
          core as NativeCore,
        ),
    }),
  }
  Object.defineProperty(body, markKey, { value: mark, configurable: true })
  return body
}

/** Of all that was registered. */
const registered: BuildOutput[] = []

/**
 * Makes known what `catzilla compile` has written: bodies are found by their text, when their tasks are defined. The module
 * beside the manifest calls this; import it before the modules that define tasks.
 * @param manifest the file
 */
export function registerPrebuilt(manifest: URL): void {
  const output = buildOutputAt(manifest)
  if (registered.includes(output)) return
  registered.push(output)
  if (registered.length > 1) return
  // another copy of this module, as CommonJS and as a module, may have been here
  const before = Reflect.get(globalThis, markKey) as PrebuiltMark | undefined
  const mark: PrebuiltMark = {
    factsOf: (body, captures) => factsByText(body, captures) ?? before?.factsOf(body, captures),
  }
  Object.defineProperty(globalThis, markKey, { value: mark, configurable: true })
}

function factsByText(body: Body, captures: Captures = {}): PrebuiltFacts | undefined {
  const text = textOf(body)
  const output = registered.find((each) => has(each, text))
  if (output === undefined) return undefined
  return {
    prebuilt: (core) =>
      takePrebuilt(
        body,
        output,
        (bodies) => bodies.find((each) => each.text === text),
        () => captures,
        core as NativeCore,
      ),
  }
}

/** One that cannot be read has every body: it is asked, and says so. */
function has(output: BuildOutput, text: string): boolean {
  try {
    return output.bodies().some((each) => each.text === text)
  } catch {
    return true
  }
}

function textOf(body: Body): string {
  return hashOfText(Function.prototype.toString.call(body))
}
