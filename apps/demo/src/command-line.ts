// The command line of the demo: what it accepts and what it says about itself.
import { parseArgs } from 'node:util'

/** The text that `--help` prints. */
export const helpText = `Usage: npm start -- [options]

Runs background tasks on real work: e-mails, a data pipeline, numbers, kernels in C, retries and cancellation.
It ends by itself, with exit code 0 when everything was as it should be.

Options:
  --out=DIRECTORY  where results are written (default: apps/demo/out)
  --help           prints this

The environment variable CATZILLA_ENGINE chooses the engine: auto, native, typescript.
`

/** What the user asked for. */
export interface CommandLine {
  readonly help: boolean
  /** Directory for results; undefined: the default one. */
  readonly out: string | undefined
}

/** The user asked for something there is not. */
export class UsageError extends Error {}

/** Reads the arguments. @throws UsageError naming the argument that is not understood */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { help: { type: 'boolean', default: false }, out: { type: 'string' } },
    })
    if (values.out === '') throw new Error("Option '--out' needs a directory")
    return { help: values.help, out: values.out }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new UsageError(`${message}. See "npm start -- --help".`, { cause: thrown })
  }
}
