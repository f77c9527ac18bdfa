// The command line: which command, over which directory, with which keys; and its errors as one line with the remedy.
import { ConfigurationError } from '@catzilla/engine'
import type { EncryptionKey } from '../format/seal.ts'
import { commands } from './commands.ts'

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly print: (line: string) => void
  readonly complain: (line: string) => void
}

const KEYS = 'CATZILLA_DURABLE_KEYS'

/** @returns the exit code: 0, or 1 when it could not be done, or 2 when it was not understood */
export async function run(args: readonly string[], { env, print, complain }: Surroundings): Promise<0 | 1 | 2> {
  const [name = '--help', directory, ...rest] = args
  if (name === '--help' || name === '-h' || name === 'help') {
    for (const line of help()) print(line)
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined || directory === undefined || directory.startsWith('-')) {
    complain(
      command === undefined
        ? `there is no command ${JSON.stringify(name)}`
        : `usage: catzilla-durable ${command.usage}`,
    )
    for (const line of help()) complain(line)
    return 2
  }
  try {
    await command.run({ directory, rest, encryptionKeys: keysIn(env[KEYS]), print })
    return 0
  } catch (error) {
    complain(`catzilla-durable: ${(error as Error).message}`)
    return error instanceof ConfigurationError ? 2 : 1
  }
}

function help(): string[] {
  const lines = Object.values(commands).map(({ usage, about }) => `  ${usage}\n      ${about}`)
  const keys = `Records that are encrypted are read with the keys in ${KEYS}: "id:64 hexadecimal digits", several with a comma.`
  return ['catzilla-durable: a look into the directory of durable tasks', '', ...lines, '', keys]
}

/** @throws ConfigurationError, which shows none of it */
function keysIn(text: string | undefined): EncryptionKey[] {
  if (text === undefined || text === '') return []
  return text.split(',').map((each) => {
    const [, id, digits] = /^(.{1,32}):([0-9a-f]{64})$/i.exec(each.trim()) ?? []
    if (id === undefined || digits === undefined) {
      throw new ConfigurationError(`${KEYS} accepts "id:64 hexadecimal digits", several with a comma`)
    }
    return { id, key: Buffer.from(digits, 'hex') }
  })
}
