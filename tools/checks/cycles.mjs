// No file imports itself by way of others, inside a member: oxlint's import/no-cycle, alone, so that it has its own line.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const manifest = createRequire(import.meta.url).resolve('oxlint/package.json')
const config = fileURLToPath(new URL('cycles.oxlintrc.json', import.meta.url))

export function checkCycles(root) {
  const args = ['--config', config, '--disable-nested-config', '--format', 'json', '.']
  const ran = spawnSync(process.execPath, [join(dirname(manifest), 'bin', 'oxlint'), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (ran.error) throw ran.error
  const report = JSON.parse(ran.stdout)
  if (report.number_of_files === 0) throw new Error('the cycle check found no file to look at')
  return report.diagnostics.map(({ filename, message, labels }) => {
    const line = labels?.[0]?.span?.line
    return `${filename.replaceAll('\\', '/')}${line ? `:${line}` : ''}: ${message}`
  })
}
