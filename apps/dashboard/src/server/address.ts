// Where the server's routes are: one level above this page, whatever path leads there.

/** Such as `/shop/tasks`, without a slash at its end; '' at the root. */
const base = new URL('..', document.baseURI).pathname.replace(/\/$/, '')

/** @param path below the routes, such as `/stats`; '' for the list of tasks */
export function addressOf(path: string, query: Readonly<Record<string, unknown>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '' && value !== null)
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  const address = `${base}${path}` || '/'
  return text === '' ? address : `${address}?${text}`
}
