// The names that mean the same in every isolate: the globals of Node. What a program adds to its own global object is not
// among them, for no other thread or process has it.
import { createContext, runInContext } from 'node:vm'

/** What Node adds to the globals of JavaScript, each with the major version that brought it (20 and older: 20). */
const nodeGlobals: Readonly<Record<number, string>> = {
  20: `AbortController AbortSignal Blob BroadcastChannel Buffer ByteLengthQueuingStrategy CompressionStream
    CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream Event EventTarget File FormData
    Headers MessageChannel MessageEvent MessagePort Performance PerformanceEntry PerformanceMark PerformanceMeasure
    PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming ReadableByteStreamController
    ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController
    ReadableStreamDefaultReader Request Response SubtleCrypto TextDecoder TextDecoderStream TextEncoder
    TextEncoderStream TransformStream TransformStreamDefaultController URL URLSearchParams WritableStream
    WritableStreamDefaultController WritableStreamDefaultWriter atob btoa clearImmediate clearInterval clearTimeout
    console crypto fetch global globalThis performance process queueMicrotask setImmediate setInterval setTimeout
    structuredClone WebAssembly`,
  21: 'Navigator navigator',
  22: 'WebSocket',
  23: 'CloseEvent',
  24: 'URLPattern',
  25: 'ErrorEvent Storage localStorage sessionStorage',
  26: 'QuotaExceededError',
}

/** Globals of other places that run JavaScript, for which code looks with `typeof` before it uses them. */
const foreignGlobals = new Set(
  `window document self frames importScripts WorkerGlobalScope DedicatedWorkerGlobalScope XMLHttpRequest HTMLElement
  location Bun Deno EdgeRuntime gc EventSource`.split(/\s+/),
)

const [major = '20'] = process.versions.node.split('.')

let known: ReadonlySet<string> | undefined

/** Whether `name` is a global of every isolate of this version of Node. */
export function isGlobalName(name: string): boolean {
  known ??= new Set([...languageGlobals(), ...namesUpTo(Number(major))])
  return known.has(name)
}

/** Whether code that looks with `typeof` first may use `name`: it is a global of another place, or of a newer Node. */
export function isGlobalElsewhere(name: string): boolean {
  return foreignGlobals.has(name) || namesUpTo(Infinity).includes(name)
}

/** The globals of the language itself, from a realm that nobody has touched. */
function languageGlobals(): string[] {
  return runInContext('Object.getOwnPropertyNames(globalThis)', createContext({})) as string[]
}

function namesUpTo(version: number): string[] {
  return Object.entries(nodeGlobals).flatMap(([since, names]) => (Number(since) <= version ? names.split(/\s+/) : []))
}
