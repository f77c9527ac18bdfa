// The entry of `npm start`: reads the command line, runs the demo, and ends with 0, 1 (a check failed) or 2 (wrong usage).
import { resolve } from 'node:path'
import { UsageError, helpText, parseCommandLine } from './command-line.ts'
import { runDemo } from './demo.ts'
import { isBroker, writeInvoices } from './durable/invoices.ts'
import { defaultOutFolder } from './folders.ts'
import { MailServer } from './mail/mail-server.ts'
import { serve } from './server/serve.ts'
import { Terminal } from './terminal.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const terminal = new Terminal(process.stdout)
  try {
    const { help, serve: isServer, port, framework, engine, durable, out } = parseCommandLine(argv)
    const outFolder = out === undefined ? defaultOutFolder : resolve(out)
    if (help) process.stdout.write(helpText)
    else if (isServer) await serve(terminal, { framework, port, engine, outFolder })
    else if (durable !== undefined || isBroker(engine)) {
      const directory = durable === undefined ? undefined : resolve(durable)
      await writeInvoices(terminal, { directory, engine, outFolder })
    } else await runDemo(terminal, outFolder, new MailServer(), { engine, framework })
    return 0
  } catch (thrown) {
    terminal.endProgress()
    if (thrown instanceof UsageError) {
      process.stderr.write(`demo: ${thrown.message}\n`)
      return 2
    }
    process.stderr.write(`demo: FAILED\n${describe(thrown)}\n`)
    return 1
  }
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
