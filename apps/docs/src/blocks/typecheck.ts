// Checks the types of programs, all at once, against the built packages: as the compiler of a reader would.
import { execFile } from 'node:child_process'
import { join, relative } from 'node:path'
import { root } from '../documents.ts'
import type { Program } from './programs.ts'
import { inWorkshop, placeOf, put } from './workshop.ts'

const common = {
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable', 'dom'],
  module: 'nodenext',
  moduleDetection: 'force',
  strict: true,
  allowJs: true,
  checkJs: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  types: ['node'],
}

const projects = [
  { name: 'ts', include: ['**/*.ts', '**/*.mts'], options: common },
  { name: 'js', include: ['**/*.js', '**/*.mjs', '**/*.cjs'], options: { ...common, noImplicitAny: false } },
]

/** JavaScript whose page runs it needs no types: TypeScript would miss annotations that JavaScript cannot have. */
function isRunAsItIs({ page, file }: Program, programs: readonly Program[]): boolean {
  const isJavaScript = file.endsWith('js')
  return isJavaScript && programs.some((each) => each.page === page && each.file.endsWith('js') && each.runs)
}

/** What is wrong, as `page:line: message`; empty when nothing is. */
export async function typeErrors(all: readonly Program[]): Promise<string[]> {
  const programs = all.filter((program) => !isRunAsItIs(program, all))
  return inWorkshop(async (folder) => {
    await put(join(folder, 'package.json'), '{ "type": "module" }')
    for (const program of programs) await put(placeOf(folder, program), program.code)
    const found = await Promise.all(
      projects.map(async ({ name, include, options }) => {
        const path = join(folder, `tsconfig.${name}.json`)
        await put(path, JSON.stringify({ compilerOptions: options, include }))
        return errorsOf(path, folder, programs)
      }),
    )
    return found.flat()
  })
}

async function errorsOf(project: string, folder: string, programs: readonly Program[]): Promise<string[]> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { code, output } = await finished([tsc, '-p', project, '--pretty', 'false'], folder)
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  // with no file of its kind there is nothing to check
  if (code === 0 || lines.every((line) => line.includes('TS18003'))) return []
  const places = new Map(programs.map((program) => [relative(folder, placeOf(folder, program)), program]))
  return lines.map((line) => whereItStands(line, places))
}

function whereItStands(line: string, places: ReadonlyMap<string, Program>): string {
  const [, file = '', at = '', message = ''] = /^(\S+?)\((\d+),\d+\): (.*)$/.exec(line) ?? []
  const program = places.get(file)
  if (program === undefined) return line.startsWith(' ') ? line : `tsc: ${line}`
  const inBlock = Number(at) - program.linesBefore
  return inBlock > 0
    ? `${program.page}:${program.line + inBlock - 1}: ${message}`
    : `${program.page}:${program.line}: in line ${at} of what stands in front of the block: ${message}`
}

function finished(args: readonly string[], cwd: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr })
    })
  })
}
