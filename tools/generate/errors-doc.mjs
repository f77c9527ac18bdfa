// Writes docs/errors.generated.md from the one table that defines the errors.
import { writeFileSync } from 'node:fs'
import { loadSource } from './load-source.mjs'

const { errorTable } = await loadSource('packages/engine/src/contract/errors.ts')

const sections = Object.entries(errorTable).map(
  ([name, { code, when, remedy }]) => `## ${name}\n\n\`${code}\`\n\n${when}\n\n**Remedy.** ${remedy}\n`,
)
const head = `# Errors

Every error is a \`CatzillaError\` and carries a \`code\`. Import the classes from \`@catzilla/api\`; across threads, processes
and brokers compare \`error.code\` rather than the class.
`
writeFileSync('docs/errors.generated.md', [head, ...sections].join('\n'))
