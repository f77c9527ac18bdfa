// docs/http.md, replayed: each command is given to curl, and the answer is what stands below it.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTasks } from '@catzilla/api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MailServer } from '../src/mail/mail-server.ts'
import { startDemoServer } from '../src/server/demo-server.ts'
import { defineDemoWorkflows } from '../src/server/demo-workflows.ts'
import { frameworkNames } from '../src/server/frameworks/frameworks.ts'

interface Step {
  readonly command: string
  /** Status line, some headers, and the body, with … for what differs. */
  readonly expected: readonly string[]
}

const page = await readFile(join(import.meta.dirname, '../../../docs/http.md'), 'utf8')
const steps = [...page.matchAll(/```console\n([^]*?)```/g)].flatMap(([, block = '']) => stepsOf(block))

const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl) process.stdout.write('docs/http.md is not replayed: there is no curl here\n')

function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = '', ...expected] = text.trimEnd().split('\n')
      return { command, expected }
    })
}

/** The words of a command; those in single quotes are one. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

function patternOf(text: string): RegExp {
  const parts = text.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.+')}$`)
}

describe.skipIf(!hasCurl).each(frameworkNames)('docs/http.md on %s', (framework) => {
  it('answers as it says', async () => {
    expect(steps.length).toBeGreaterThan(10)
    const tasks = createTasks()
    const mailServer = new MailServer()
    const outFolder = await mkdtemp(join(tmpdir(), 'catzilla-http-doc-'))
    const smtpPort = await mailServer.start()
    const { runs: workflows, begin } = defineDemoWorkflows(tasks, outFolder)
    const { origin, shutdown } = await startDemoServer(tasks, { framework, port: 0, smtpPort, outFolder, workflows })
    await begin()
    onTestFinished(async () => {
      await shutdown()
      await mailServer.close()
      await rm(outFolder, { recursive: true })
    })
    let latestId = ''
    for (const { command, expected } of steps) {
      const told = command.replace('http://127.0.0.1:8000', origin).replace('…', latestId)
      const [program = '', ...args] = wordsOf(told)
      const { stdout } = await promisify(execFile)(program, ['--silent', ...args])
      const [head = '', body = ''] = stdout.split('\r\n\r\n')
      const [status, ...headers] = head
        .split('\r\n')
        .map((line) => line.replace(/^[^:]+:/, (name) => name.toLowerCase()))
      const [line = '', ...rest] = expected
      const lines = rest.map((text) => expect.stringMatching(patternOf(text)) as string)
      expect([command, status, ...headers, body]).toEqual(expect.arrayContaining([command, line, ...lines]))
      latestId = /"(?:task|run)Id":"([^"]+)"/.exec(body)?.[1] ?? latestId
    }
  })
})
