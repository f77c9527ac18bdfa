// Where the headers of the core are, for whoever compiles C against them.
import { fileURLToPath } from 'node:url'

/** Where the headers are that C compiled for this engine includes: `ctz/kernel.h`, `ctz/program_ops.h` and others. */
export const includeFolder: string = fileURLToPath(new URL('../include', import.meta.url))
