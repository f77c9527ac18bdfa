// A hundred invoices that are written although the demo is killed twice: once they are accepted, and in the middle.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { live } from './lives.ts'
import type { Life } from './lives.ts'

export interface Lives {
  readonly lives: readonly Life[]
  /** Invoices that are there in the end. */
  readonly written: number
}

/** @param argsFor the options, for a folder of the test */
export async function killedTwice(argsFor: (out: string) => readonly string[]): Promise<Lives> {
  const out = await mkdtemp(join(tmpdir(), 'catzilla-invoices-'))
  onTestFinished(() => rm(out, { recursive: true, force: true }))
  const args = [...argsFor(out), `--out=${out}`]
  const lives = [await live(args, /are accepted, and on/), await live(args, /(2[5-9]|[3-9]\d) %/), await live(args)]
  const names = await readdir(join(out, 'invoices')).catch(() => [])
  return { lives, written: names.filter((name) => name.endsWith('.txt')).length }
}

/** What comes of it. @param where what the demo says of the place at which it has accepted them */
export function allWritten(where: string): Lives {
  const printed = (text: string): string => expect.stringMatching(new RegExp(text)) as string
  return {
    lives: [
      { code: null, printed: printed(`100 invoices are accepted, and on ${where}: kill -9 \\d+, then start it again`) },
      { code: null, printed: printed('\\d+ invoices were left by a process that has ended') },
      {
        code: 0,
        printed: printed('all 100 invoices are written; \\d+ of them were under way when a process was killed'),
      },
    ],
    written: 100,
  }
}
