// `node tools/checks/cli.mjs <check>…` runs checks over this repository, prints their problems and exits 1 if any.
import { fileURLToPath } from 'node:url'
import { checkCycles } from './cycles.mjs'
import { checkDeclarations } from './declarations.mjs'
import { checkExports } from './exports.mjs'
import { checkFiles } from './files.mjs'
import { checkGenerated } from './generated.mjs'
import { checkLayers } from './layers.mjs'
import { checkLicences } from './licences.mjs'
import { checkNativeLayers } from './native-layers.mjs'
import { checkPromises } from './promises.mjs'
import { checkSizes } from './sizes.mjs'
import { checkTraces } from './traces.mjs'

const checks = {
  cycles: checkCycles,
  declarations: checkDeclarations,
  exports: checkExports,
  files: checkFiles,
  generated: checkGenerated,
  layers: (folder) => [...checkLayers(folder), ...checkNativeLayers(folder)],
  licences: checkLicences,
  promises: checkPromises,
  sizes: checkSizes,
  traces: checkTraces,
}

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')
const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(checks)) {
  if (!Object.hasOwn(checks, name)) throw new Error(`unknown check ${name}: one of ${Object.keys(checks).join(', ')}`)
  const problems = checks[name](root)
  for (const problem of problems) console.error(`${name}: ${problem}`)
  if (problems.length > 0) process.exitCode = 1
  console.log(`${name}: ${problems.length === 0 ? 'no problems' : `${problems.length} problems`}`)
}
