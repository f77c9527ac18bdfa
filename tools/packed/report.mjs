// The matrix of projects and packages as a table in Markdown.

/**
 * @param {import('./pack.mjs').PublicPackage[]} packages
 * @param {Map<import('./projects.mjs').Project, { doors: Record<string, number>, engine: string }>} outcomes
 * @returns {string} a row a project, a column a package; a cell counts the doors that opened
 */
export function reportOf(packages, outcomes) {
  const head = ['project', 'engine', ...packages.map(({ name }) => name.replace('@catzilla/', ''))]
  const rows = [...outcomes].map(([project, { doors, engine }]) => [
    project.name,
    engine,
    ...packages.map((found) => {
      const opened = found.doors.filter((door) => door in doors).length
      return opened === 0 ? '-' : `${opened} of ${found.doors.length}`
    }),
  ])
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [
    `Node ${process.version}, doors that opened`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
  ].join('\n')
}
