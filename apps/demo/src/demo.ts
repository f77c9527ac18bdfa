// The demo from its first to its last line: starts the mail server and the engine, plays the scenes, reports, cleans up.
import { mkdir } from 'node:fs/promises'
import { createTasks } from '@catzilla/api'
import type { EngineStatistics } from '@catzilla/api'
import { Checks } from './checks.ts'
import { closingReport, formatDuration } from './closing-report.ts'
import { Ledger } from './ledger.ts'
import { MailServer } from './mail/mail-server.ts'
import { defineSendEmail } from './mail/send-email.ts'
import { cancellationScene } from './scenes/cancellation.ts'
import { compiledScene } from './scenes/compiled.ts'
import { emailScene } from './scenes/emails.ts'
import { farewellScene } from './scenes/farewell.ts'
import { greylistingScene } from './scenes/greylisting.ts'
import { httpScene } from './scenes/http.ts'
import { kernelScene } from './scenes/kernels.ts'
import { mandelbrotScene } from './scenes/mandelbrot.ts'
import { pipelineScene } from './scenes/pipeline.ts'
import { sagaScene } from './scenes/saga.ts'
import { threadScene } from './scenes/threads.ts'
import type { FrameworkName } from './server/frameworks/frameworks.ts'
import type { Stage } from './stage.ts'
import type { Terminal } from './terminal.ts'

const scenes = [
  emailScene,
  pipelineScene,
  mandelbrotScene,
  kernelScene,
  threadScene,
  compiledScene,
  greylistingScene,
  cancellationScene,
  httpScene,
  sagaScene,
  farewellScene,
]

export interface DemoOptions {
  /** Undefined: as `CATZILLA_ENGINE` says. */
  readonly engine?: string | undefined
  /** What the server of the scene about HTTP stands on: hono. */
  readonly framework?: FrameworkName | undefined
}

/**
 * Plays every scene.
 * @param outFolder where results are written; made when it is not there
 * @param mailServer one that has not been started; it is closed at the end
 * @throws CheckError when something is not as it should be, and whatever a scene could not handle
 */
export async function runDemo(
  terminal: Terminal,
  outFolder: string,
  mailServer: MailServer = new MailServer(),
  { engine, framework = 'hono' }: DemoOptions = {},
): Promise<void> {
  await mkdir(outFolder, { recursive: true })
  const tasks = createTasks(engine === undefined ? {} : { engine })
  try {
    await tasks.ready
    const port = await mailServer.start()
    terminal.text(`Catzilla Tasks: the ${tasks.engineInfo.name} engine, a mail server on 127.0.0.1:${port}`)
    const sendEmail = defineSendEmail(tasks, port)
    const stage: Stage = {
      tasks,
      mailServer,
      sendEmail,
      outFolder,
      terminal,
      checks: new Checks(),
      ledger: new Ledger(),
      serving: { framework, engine, smtpPort: port },
    }
    for (const scene of scenes) await scene(stage)
    checkTotals(stage, tasks.getStats())
    terminal.text(`\n${closingReport(tasks, stage.ledger.rows)}`)
    terminal.text(`\nAll ${stage.checks.held} checks held; done in ${formatDuration(terminal.elapsedMs)}.`)
    terminal.text(
      'Next: npm start -- --serve keeps the server up, with its dashboard; npm start -- --help shows what else there is.',
    )
  } finally {
    // after a scene that failed; otherwise the engine has stopped already
    await tasks.shutdown({ waitForCompletion: false, timeoutMs: 1000 })
    await mailServer.close()
  }
}

/** The engine must have counted what the scenes did. */
function checkTotals({ checks, ledger }: Stage, stats: EngineStatistics): void {
  const { completedTasks, failedTasks, cancelledTasks, retryCount, totalQueued, activeWorkers, lateRuns } = stats
  const entered = (wanted: string): number => ledger.rows.filter(({ status }) => status === wanted).length
  const [cancelled, failed] = [entered('cancelled'), entered('failed')]
  checks.equal(cancelledTasks, cancelled, 'the engine counted every cancelled task')
  checks.equal(completedTasks, stats.submittedTasks - cancelled - failed, 'the engine completed every other task')
  checks.equal([failedTasks, failed], [1, 1], 'one task failed for good, as it was to')
  checks.equal(retryCount, 2, 'another was tried again twice')
  checks.equal([totalQueued, activeWorkers, lateRuns], [0, 0, 0], 'nothing is left in the engine')
}
