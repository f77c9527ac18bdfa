// `rediss://`: a worker that trusts the certificate runs tasks; who does not trust it is told.
import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { resolveTaskOptions } from '@catzilla/engine'
import { createBullmqEngine } from '../src/index.ts'
import { bundled } from './bundled.ts'
import { Proxy } from './proxy.ts'
import { startServer } from './servers.ts'
import { startWorker } from './worker-process.ts'

const found = await startServer('redis')
const missing = found.missing ?? (spawnSync('openssl', ['version']).status === 0 ? undefined : 'there is no openssl')

it.skipIf(missing !== undefined)(`a worker comes by rediss:// (${missing ?? found.title})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1', ...names]
  execFileSync('openssl', made, { stdio: 'ignore' })
  const proxy = new Proxy(new URL(found.server.url), {
    key: readFileSync(key, 'utf8'),
    cert: readFileSync(cert, 'utf8'),
  })
  const port = await proxy.open()
  onTestFinished(() => proxy.close())
  const program = await bundled('test/worker-program.ts')
  onTestFinished(() => program.remove())
  const prefix = `t${randomUUID().replaceAll('-', '').slice(0, 18)}`

  const stranger = createBullmqEngine(`rediss://127.0.0.1:${port}`, { prefix, local: 'typescript' })
  await expect(stranger.start()).rejects.toMatchObject({
    name: 'EngineUnavailableError',
    message: expect.stringMatching(/self-signed certificate/) as string,
  })

  const engine = createBullmqEngine(found.server.url, { prefix, role: 'producer', local: 'typescript' })
  onTestFinished(async () => void (await engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
  await engine.start()
  const options = resolveTaskOptions({})
  const never = (): never => {
    throw new Error('a producer runs nothing')
  }
  engine.register({ name: 'add', handler: never, options })
  const url = `rediss://127.0.0.1:${port}?prefix=${prefix}&role=worker&local=typescript&lockMs=1000`
  await startWorker(program.path, url, ['add'], { NODE_EXTRA_CA_CERTS: cert })
  expect(await engine.submit(Object.freeze({ name: 'add', options }), [40, 2]).wait()).toBe(42)
})
