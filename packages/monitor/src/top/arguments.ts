// What `top` was asked for on the command line.
import { parseArgs } from 'node:util'

export const usage = `catzilla-monitor top <url> [--json] [--once] [--interval <ms>] [--header <name: value>]

Shows what the tasks of a server do, from its routes of @catzilla/http-adapters.

<url>       of the server, such as http://localhost:3000; /tasks is added when there is no path
--json      one line of JSON for each look, instead of a screen
--once      looks once and ends
--interval  milliseconds between two looks: 1000
--header    sent with each request, such as "authorization: Bearer …"; may be given several times
`

export interface TopArguments {
  /** Of the routes, without a slash at the end. */
  readonly base: string
  readonly json: boolean
  readonly once: boolean
  readonly intervalMs: number
  readonly headers: Readonly<Record<string, string>>
}

/** The arguments, or what is wrong with them; undefined when help is asked for. */
export function readArguments(args: readonly string[]): TopArguments | { readonly problem: string } | undefined {
  const options = {
    json: { type: 'boolean' },
    once: { type: 'boolean' },
    interval: { type: 'string' },
    header: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    if (values.help === true) return undefined
    const [command, url, ...rest] = positionals
    if (command !== 'top' || url === undefined || rest.length > 0)
      return { problem: 'it takes the command top and one url' }
    const intervalMs = Number(values.interval ?? 1000)
    if (!(intervalMs >= 100)) return { problem: `--interval accepts milliseconds ≥ 100, got ${values.interval}` }
    const headers = Object.fromEntries((values.header ?? []).map(headerOf))
    return { base: baseOf(url), json: values.json === true, once: values.once === true, intervalMs, headers }
  } catch (thrown) {
    return { problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

function baseOf(text: string): string {
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`${text} is no address of http or https`)
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${path === '' ? '/tasks' : path}`
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':')
  if (colon < 1) throw new Error(`--header accepts "name: value", got ${JSON.stringify(text)}`)
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
}
