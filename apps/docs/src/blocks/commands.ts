// Looks at commands for a terminal: they may name only what there is: scripts, packages, commands and projects of ours.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root, textOf } from '../documents.ts'
import type { Block } from '../page.ts'

interface Manifest {
  readonly name: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest

const folders = ['packages', 'apps'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => `${group}/${name}`),
)
const members = folders.map((folder) => manifestOf(folder))
const scripts = manifestOf('.').scripts ?? {}
const commands = new Set(members.flatMap(({ bin = {} }) => Object.keys(bin)))
const catalog = Object.keys((parse(textOf('pnpm-workspace.yaml')) as { catalog: object }).catalog)
const packages = new Set([...members.map(({ name }) => name), ...catalog])

/** Programs that are not ours. */
const others = new Set([
  'apt-get',
  'cc',
  'cd',
  'curl',
  'docker',
  'gcc',
  'git',
  'kill',
  'node',
  'npx',
  'npm',
  'redis-server',
])
/** Programs of others that come with a package. */
const ofPackages = new Set(['vite', 'tsx', 'vitest', 'changeset'])

/** The commands of a block: comments, prompts and what a second column says of them are left out. */
export function commandsOf({ code }: Block): string[] {
  return code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim().replace(/^\$ /, ''))
    .map((line) => line.replace(/(^|\s+)# .*$/, '').replace(/\s{2,}.*$/, ''))
    .filter((line) => line !== '')
}

/** Whether code that is indented, and has no language, is meant for a terminal. */
export function isForTerminal(block: Block): boolean {
  const [first = ''] = wordsOf(commandsOf(block)[0] ?? '')
  return others.has(first) || commands.has(first)
}

/** What is wrong with a command; undefined when nothing is. */
export function problemOf(command: string): string | undefined {
  const [first = '', ...words] = wordsOf(command)
  if (first === 'npm') return problemOfNpm(words)
  if (first === 'npx') return problemOfNpx(words)
  return others.has(first) || commands.has(first) ? undefined : `nobody knows the command ${first}`
}

function problemOfNpm([verb = '', ...words]: readonly string[]): string | undefined {
  if (verb === 'run') return words[0] !== undefined && words[0] in scripts ? undefined : `no script ${words[0]}`
  if (verb === 'start' || verb === 'test') return problemOfProject(words)
  if (verb !== 'install' && verb !== 'ci') return `npm ${verb} is not known here`
  const missing = words.filter((word) => !word.startsWith('-') && !packages.has(word))
  return missing.length === 0 ? undefined : `no package ${missing.join(', ')}: neither here nor in the catalog`
}

function problemOfProject(words: readonly string[]): string | undefined {
  const project = words[words.indexOf('--project') + 1]
  if (!words.includes('--project') || project === 'tools') return undefined
  return folders.some((folder) => folder.endsWith(`/${project}`)) ? undefined : `no tests of ${project}`
}

function problemOfNpx([name = '']: readonly string[]): string | undefined {
  const known = commands.has(name) || ofPackages.has(name) || members.some((each) => each.name === name && each.bin)
  return known ? undefined : `npx ${name}: no package here has that command`
}

function wordsOf(command: string): string[] {
  return command.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word))
}
