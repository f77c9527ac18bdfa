// `npm start -- --serve`: the demo's server stays up until a signal ends it.
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { cwd } from 'node:process'
import { createTasks } from '@catzilla/api'
import { shutdownLine } from '../closing-report.ts'
import { MailServer } from '../mail/mail-server.ts'
import type { Terminal } from '../terminal.ts'
import { startDemoServer } from './demo-server.ts'
import { defineDemoWorkflows } from './demo-workflows.ts'
import type { FrameworkName } from './frameworks/frameworks.ts'

export interface ServeOptions {
  readonly framework: FrameworkName
  readonly port: number
  readonly engine: string | undefined
  readonly outFolder: string
}

/** Starts the server and says how to use it; a signal ends the process. */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<void> {
  const { framework, port, engine, outFolder } = options
  await mkdir(outFolder, { recursive: true })
  const tasks = createTasks(engine === undefined ? {} : { engine })
  await tasks.ready
  const mailServer = new MailServer()
  const smtpPort = await mailServer.start()
  const { runs, begin } = defineDemoWorkflows(tasks, join(outFolder, 'served'))
  const { origin } = await startDemoServer(tasks, {
    framework,
    port,
    smtpPort,
    outFolder,
    workflows: runs,
    shutdown: {
      handleSignals: true,
      onReport({ requests, tasks: report }) {
        terminal.line(`requests: ${requests.finished} finished, ${requests.cutOff} cut off`)
        terminal.line(`${shutdownLine(report)}; ${mailServer.received.length} e-mails were received`)
      },
    },
  })
  const obstacle = await begin()
  const { name } = tasks.engineInfo
  terminal.text(`Catzilla Tasks on ${framework}, the ${name} engine, a mail server on 127.0.0.1:${smtpPort}`)
  terminal.text(
    `listening on ${origin}; Ctrl-C ends it\n\n  dashboard: ${origin}/tasks/dashboard\n${examples(origin, relative(cwd(), obstacle))}`,
  )
}

function examples(origin: string, obstacle: string): string {
  const post = (path: string, body: string): string =>
    `  curl -H 'content-type: application/json' ${origin}${path} -d '${body}'`
  return [
    post('/notify', '{"user_id": 7, "message": "hello"}'),
    post('/payment', '{"payment_id": 1, "amount": 9.5}'),
    post('/tasks', '{"task": "update_analytics", "args": [7, "login"]}'),
    `  curl ${origin}/tasks/health`,
    `  curl ${origin}/tasks/workflows/runs`,
    `  rmdir ${obstacle}   # then the failed run can be retried on the dashboard`,
    `  curl -N ${origin}/tasks/events`,
    `  curl ${origin}/tasks/openapi.json`,
  ].join('\n')
}
