// A body of any length without memory of its own, for tasks and for bare threads alike.

/** A point of the Mandelbrot set, from which it never escapes: `steps` are all done. */
export function orbit(steps: number, cx: number): number {
  let x = 0
  let y = 0
  let sum = 0
  for (let step = 0; step < steps && x * x + y * y <= 4; step++) {
    const next = x * x - y * y + cx
    y = 2 * x * y + 0.1
    x = next
    sum += x
  }
  return sum
}

export function pointOf(index: number): number {
  return -0.5 + (index % 8) / 1e6
}

/** Body after body, and only their sum. */
export function sumOfOrbits(steps: number, from: number, until: number): number {
  let sum = 0
  for (let index = from; index < until; index++) sum += orbit(steps, pointOf(index))
  return sum
}

/** The result of each. */
export function orbits(steps: number, from: number, until: number): Float64Array {
  const results = new Float64Array(until - from)
  for (let index = from; index < until; index++) results[index - from] = orbit(steps, pointOf(index))
  return results
}
