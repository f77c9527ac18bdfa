// A stream of events that is open while the page is seen. One that breaks off the browser opens again by itself; one that is
// refused, as by a server that shuts down or by the proxy before it, it gives up for good.
import { visible } from './visible.ts'

const REST_MS = 3000

/**
 * Opens it, and again whenever it was refused, until the returned function is called.
 * @param listen adds the listeners to each source that is opened
 */
export function followStream(address: string, listen: (source: EventSource) => void): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const open = (): void => {
    const own = (source = new EventSource(address))
    listen(own)
    own.addEventListener('error', () => {
      if (own.readyState === EventSource.CLOSED) timer = setTimeout(open, REST_MS)
    })
  }
  const close = (): void => {
    clearTimeout(timer)
    source?.close()
  }
  const stop = visible.subscribe((seen) => {
    close()
    if (seen) open()
  })
  return () => {
    stop()
    close()
  }
}
