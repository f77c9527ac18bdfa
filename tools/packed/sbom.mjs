// The bill of materials of a release, in CycloneDX: what a user has who installs all our packages, as npm lists it.
// `node tools/packed/sbom.mjs FILE` writes it, of the packages as they are packed now.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { execute } from './execute.mjs'
import { packAll, platformPackages, publicPackages } from './pack.mjs'
import { startRegistry } from './registry.mjs'

/** Where releases are published. */
const publicRegistry = 'https://registry.npmjs.org/'

/**
 * @param {string} folder a project of npm with our packages installed
 * @param {string} registry where they came from; it reads as the public one
 * @returns {Promise<any>} the parsed bill
 */
export async function billOfMaterials(folder, registry) {
  const text = await execute(folder, ['npm', 'sbom', '--sbom-format=cyclonedx', '--omit=dev', '--sbom-type=library'])
  return JSON.parse(text.replaceAll(registry, publicRegistry))
}

async function writeBill(file) {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
  const folder = await mkdtemp(join(tmpdir(), 'catzilla-sbom-'))
  try {
    const packed = await packAll(root, join(folder, 'tarballs'))
    const registry = await startRegistry(root, [...platformPackages(root), ...packed])
    try {
      const names = publicPackages(root).map(({ name }) => name)
      const { version } = packed[0].manifest
      await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'catzilla-tasks', version, private: true }))
      const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', `--cache=${folder}/.cache`]
      await execute(folder, ['npm', 'install', `--registry=${registry.url}`, ...quiet, ...names])
      await writeFile(file, `${JSON.stringify(await billOfMaterials(folder, registry.url), undefined, 2)}\n`)
    } finally {
      await registry.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await writeBill(resolve(process.argv[2] ?? 'sbom.json'))
