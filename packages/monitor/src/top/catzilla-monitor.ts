// The command `catzilla-monitor`.
import { top } from './top.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())
// whoever reads has gone: `… --json | head -1`
process.stdout.on('error', () => stop.abort())
process.exitCode = await top(process.argv.slice(2), { out: process.stdout, err: process.stderr, signal: stop.signal })
