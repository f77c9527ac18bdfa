// The built demo as a process: to its end, or to the moment at which it is killed.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const program = join(import.meta.dirname, '../dist/main.js')

export interface Life {
  readonly code: number | null
  readonly printed: string
}

/** Runs the demo to its end, or kills it as soon as it prints what matches. */
export function live(args: readonly string[], until?: RegExp): Promise<Life> {
  const child = spawn(process.execPath, [program, ...args])
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (until?.test(printed) === true) child.kill('SIGKILL')
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, printed })))
}
