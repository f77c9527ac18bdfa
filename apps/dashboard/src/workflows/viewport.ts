// What of a large drawing is in sight: the element that scrolls, how large the drawing is shown, and where it stands.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { RefObject } from 'preact'

export interface View {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export function useView(): { readonly port: RefObject<HTMLDivElement | null>; readonly view: View } {
  const port = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<View>({ left: 0, top: 0, width: 800, height: 420 })
  useEffect(() => {
    const { current: element } = port
    if (element === null) return undefined
    const measure = (): void => {
      const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = element
      setView({ left, top, width, height })
    }
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => sizes.disconnect()
  }, [])
  return { port, view }
}

export const LEAST_SCALE = 0.06
export const MOST_SCALE = 1.6

export function bounded(scale: number): number {
  return Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale))
}
