// The files of the dashboard, and what answers where a package is not installed.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { rawRequest, statusOf } from './raw-request.ts'
import { everybody, stand } from './stand.ts'

async function assets(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'catzilla-dashboard-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await writeFile(join(root, 'secret.txt'), 'outside')
  const folder = join(root, 'dashboard')
  await mkdir(join(folder, 'assets'), { recursive: true })
  await writeFile(join(folder, 'index.html'), '<!doctype html><script src="./assets/app.js"></script>')
  await writeFile(join(folder, 'assets/app.js'), 'run()')
  await symlink(join(root, 'secret.txt'), join(folder, 'link.txt'))
  return folder
}

export const dashboardCases: Cases = (edge, engine) => {
  const open = async (options = {}) => stand(edge, { engine, ...everybody, dashboard: await assets(), ...options })

  it('leads to the page, and gives it a strict policy', async () => {
    const { get, url } = await open({ mount: '/api' })
    const moved = await get('/dashboard')
    expect([moved.status, moved.headers.get('location')]).toEqual([308, `${new URL(url).pathname}/dashboard/`])
    const { status, headers, text } = await get('/dashboard/')
    expect([status, text]).toEqual([200, '<!doctype html><script src="./assets/app.js"></script>'])
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-frame-options')).toBe('DENY')
  })

  it('gives files in folders, with their types, and 304 to whoever has them', async () => {
    const { get } = await open()
    const { status, headers, text } = await get('/dashboard/assets/app.js')
    expect([status, text, headers.get('content-type')]).toEqual([200, 'run()', 'text/javascript; charset=utf-8'])
    const again = await get('/dashboard/assets/app.js', { 'if-none-match': headers.get('etag') ?? '' })
    expect([again.status, again.text]).toEqual([304, ''])
    expect((await get('/dashboard/assets/none.js')).status).toBe(404)
  })

  it.each([
    '/tasks/dashboard/../secret.txt',
    '/tasks/dashboard/assets/../../secret.txt',
    '/tasks/dashboard/..%2fsecret.txt',
    '/tasks/dashboard/..%5csecret.txt',
    '/tasks/dashboard/%2e%2e/secret.txt',
    '/tasks/dashboard/....//secret.txt',
    '/tasks/dashboard//secret.txt',
    '/tasks/dashboard/link.txt',
  ])('does not leave its folder: %s', async (path) => {
    const { origin } = await open()
    expect(await rawRequest(origin, [`GET ${path} HTTP/1.1`])).not.toContain('outside')
  })

  it('is for pages of its own site', async () => {
    const { get, origin } = await open()
    expect((await get('/dashboard/', { origin: 'https://evil.example' })).status).toBe(403)
    const linked = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate']
    expect(statusOf(await rawRequest(origin, ['GET /tasks/dashboard/ HTTP/1.1', ...linked]))).toBe(200)
    expect((await get('/dashboard/assets/app.js', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })
}
