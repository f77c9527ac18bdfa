// What is printed on a terminal and in a log.
import { beforeEach, describe, expect, it } from 'vitest'
import { Terminal } from '../src/terminal.ts'

let printed: string
let now: number

beforeEach(() => {
  printed = ''
  now = 5000
})

function terminal(isTTY: boolean): Terminal {
  return new Terminal({ isTTY, write: (text) => (printed += text) }, () => now)
}

describe('lines', () => {
  it('carry the time since the start', () => {
    const out = terminal(false)
    now += 1230
    out.heading('Part')
    out.line('done')
    expect(printed).toBe('\nPart\n  1.23 s  done\n')
  })
})

describe('progress', () => {
  it('is one line for each quarter in a log', () => {
    const out = terminal(false)
    for (let step = 0; step <= 100; step++) out.progress(step / 100, 'x')
    expect(printed.match(/\d+ %/g)).toEqual(['25 %', '50 %', '75 %', '100 %'])
    out.progress(0.3, 'y')
    expect(printed).toContain('30 %  y')
  })

  it('is one live line on a terminal, written anew with each percent', () => {
    const out = terminal(true)
    for (let step = 0; step <= 1000; step++) out.progress(step / 1000, 'x')
    expect(printed.split('\r').length - 1).toBe(101)
    expect(printed.endsWith('100 %  x\n')).toBe(true)
  })

  it('that is left unfinished does not run into the next line', () => {
    const out = terminal(true)
    out.progress(0.5, 'half')
    out.line('stopped')
    expect(printed).toMatch(/half\n {2}0\.00 s {2}stopped\n$/)
  })
})
