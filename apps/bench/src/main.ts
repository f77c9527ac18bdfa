// `npm run bench`, and each of the processes that it starts: those load what their job needs and nothing else.
import { answerAsChild } from './child.ts'
import type { Job } from './child.ts'

const argv = process.argv.slice(2)
if (!(await answerAsChild(jobNamed, argv))) {
  const { command } = await import('./command.ts')
  process.exitCode = await command(argv)
}

async function jobNamed(name: string): Promise<Job | undefined> {
  if (name === 'sample') return (await import('./comparison/sample.ts')).measureSample
  return (await import('./targets/catalog.ts')).sectionJobs[name]
}
