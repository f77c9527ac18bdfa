// The command line of the demo: what it accepts and what it says about itself.
import { parseArgs } from 'node:util'
import { frameworkNames } from './server/frameworks/frameworks.ts'
import type { FrameworkName } from './server/frameworks/frameworks.ts'

/** The text that `--help` prints. */
export const helpText = `Usage: npm start -- [options]

Runs background tasks on real work: e-mails, a data pipeline, numbers, kernels in C, retries, cancellation, a server.
It ends by itself, with exit code 0 when everything was as it should be.

Options:
  --serve            starts the server and keeps it up, until Ctrl-C
  --port=NUMBER      where it listens, on 127.0.0.1 (default: 8000; 0: any that is free)
  --framework=NAME   what it stands on: ${frameworkNames.join(', ')} (default: hono)
  --engine=NAME      auto, native, typescript, or an engine URL: redis://…, postgres://… (default: what the environment
                     variable CATZILLA_ENGINE says). On a broker, without --serve: invoices in tasks that it keeps
  --durable=DIRECTORY  instead: invoices in tasks that are kept there; kill it and start it again
  --out=DIRECTORY    where results are written (default: apps/demo/out)
  --help             prints this
`

/** What the user asked for. */
export interface CommandLine {
  readonly help: boolean
  readonly serve: boolean
  readonly port: number
  readonly framework: FrameworkName
  /** Undefined: as the environment says. */
  readonly engine: string | undefined
  /** Directory of tasks that outlive the process; undefined: none. */
  readonly durable: string | undefined
  /** Directory for results; undefined: the default one. */
  readonly out: string | undefined
}

/** The user asked for something there is not. */
export class UsageError extends Error {}

const options = {
  help: { type: 'boolean', default: false },
  serve: { type: 'boolean', default: false },
  port: { type: 'string' },
  framework: { type: 'string', default: 'hono' },
  engine: { type: 'string' },
  durable: { type: 'string' },
  out: { type: 'string' },
} as const

/** Reads the arguments. @throws UsageError naming the argument that is not understood */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({ args: [...argv], options })
    const { help, serve, port, engine, durable, out } = values
    if (out === '') throw new Error("Option '--out' needs a directory")
    if (engine === '') throw new Error("Option '--engine' needs a name")
    if (durable === '') throw new Error("Option '--durable' needs a directory")
    if (durable !== undefined && serve) throw new Error("Option '--durable' is not for '--serve'")
    if (port !== undefined && !serve) throw new Error("Option '--port' is for '--serve'")
    return { help, serve, port: portOf(port ?? '8000'), framework: frameworkOf(values.framework), engine, durable, out }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new UsageError(`${message}. See "npm start -- --help".`, { cause: thrown })
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new Error(`Option '--port' takes a number from 0 to 65535, got '${text}'`)
}

function frameworkOf(text: string): FrameworkName {
  const found = frameworkNames.find((name) => name === text)
  if (found !== undefined) return found
  throw new Error(`Option '--framework' takes ${frameworkNames.join(', ')}, got '${text}'`)
}
