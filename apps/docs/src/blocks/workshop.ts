// A folder in which programs of the documentation find the packages as those find them who have installed them.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from '../documents.ts'
import { publishedPackages } from '../packages.ts'
import type { Program } from './programs.ts'

const home = join(root, 'apps/docs/.cache')

/** Calls `work` with a folder of its own, which is gone afterwards. */
export async function inWorkshop<T>(work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(home, { recursive: true })
  const folder = await mkdtemp(join(home, 'blocks-'))
  try {
    await install(folder)
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** All packages of ours, whichever a document uses; those of others are the dependencies of this app. */
async function install(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules/@catzilla'), { recursive: true })
  for (const { dir, name } of publishedPackages) await symlink(dir, join(folder, 'node_modules', name), 'junction')
}

/** Where a program stands in the folder: those of one page see each other. */
export function placeOf(folder: string, { page, file }: Program): string {
  return join(folder, page.replaceAll(/[/.]/g, '-'), file)
}

export async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
