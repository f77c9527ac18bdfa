// The bodies that are measured, and round each a loop in the same language: what is timed is the body in its own tier,
// never the way to it. Texts are read, since V8 puts off making a text until somebody does.
import type { TypeHint } from '@catzilla/compiler'

export interface Kernel {
  readonly name: string
  readonly body: (...args: never[]) => unknown
  /** Runs `body` so many times, last argument, and gives a number that hangs on all of them. */
  readonly loop: (...args: never[]) => number
  readonly types: readonly TypeHint[]
  readonly args: readonly unknown[]
  /** Of texts. */
  readonly texts?: boolean
}

const collatz = (start: number): number => {
  let n = start
  let steps = 0
  while (n !== 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1
    steps++
  }
  return steps
}

const mandelbrot = (cx: number, cy: number): number => {
  let x = 0
  let y = 0
  let i = 0
  for (; i < 1000 && x * x + y * y <= 4; i++) {
    const t = x * x - y * y + cx
    y = 2 * x * y + cy
    x = t
  }
  return i
}

const fnv = (bytes: Uint8Array): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < bytes.length; i++) {
    hash ^= bytes[i]!
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

const crc = (bytes: Uint8Array): number => {
  let rest = -1
  for (let i = 0; i < bytes.length; i++) {
    rest ^= bytes[i]!
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  }
  return ~rest >>> 0
}

const quicksort = (a: Float64Array): number => {
  const stack = new Int32Array(128)
  let top = 2
  stack[1] = a.length - 1
  while (top > 0) {
    top -= 2
    let lo = stack[top]!
    let hi = stack[top + 1]!
    while (lo < hi) {
      const pivot = a[(lo + hi) >> 1]!
      let i = lo
      let j = hi
      while (i <= j) {
        while (a[i]! < pivot) i++
        while (a[j]! > pivot) j--
        if (i <= j) {
          const t = a[i]!
          a[i] = a[j]!
          a[j] = t
          i++
          j--
        }
      }
      if (j - lo < hi - i) {
        if (i < hi) {
          stack[top] = i
          stack[top + 1] = hi
          top += 2
        }
        hi = j
      } else {
        if (lo < j) {
          stack[top] = lo
          stack[top + 1] = j
          top += 2
        }
        lo = i
      }
    }
  }
  return a[a.length >> 1]!
}

const sieve = (n: number): number => {
  const crossed = new Uint8Array(n + 1)
  let primes = 0
  for (let i = 2; i <= n; i++) {
    if (crossed[i] === 0) {
      primes++
      for (let j = i * i; j <= n; j += i) crossed[j] = 1
    }
  }
  return primes
}

const levenshtein = (a: string, b: string): number => {
  const width = b.length
  const row = new Int32Array(width + 1)
  for (let j = 0; j <= width; j++) row[j] = j
  for (let i = 1; i <= a.length; i++) {
    let before = row[0]!
    row[0] = i
    for (let j = 1; j <= width; j++) {
      const t = row[j]!
      const cost = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1
      row[j] = Math.min(row[j]! + 1, row[j - 1]! + 1, before + cost)
      before = t
    }
  }
  return row[width]!
}

const polynomial = (x: number): number => {
  let r = 0
  for (let i = 0; i < 50; i++) r = r * x + i
  return r
}

const greet = (name: string, n: number): string => `Hello ${name}, you are visitor number ${n}!`

const payment = (name: string, amount: number, tax: number): string =>
  `${name.trim().toUpperCase()} owes ${(amount * (1 + tax)).toFixed(2)} EUR incl. ${(tax * 100).toFixed(0)}% tax`

// in a loop, `body` is the function that is measured: the compiler takes it along, and V8 is given it by `loopInJavaScript`
declare const body: (...args: unknown[]) => never

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i)
const unsorted = Float64Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000)

export const kernels: readonly Kernel[] = [
  {
    name: 'polynomial of degree 50',
    body: polynomial,
    loop: (x: number, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) sum = body(x + sum * 1e-20)
      return sum
    },
    types: ['number'],
    args: [0.7],
  },
  {
    name: 'Collatz steps of 97',
    body: collatz,
    loop: (n: number, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) sum += body(n)
      return sum
    },
    types: ['number'],
    args: [97],
  },
  {
    name: 'Mandelbrot point, 1,000 steps',
    body: mandelbrot,
    loop: (cx: number, cy: number, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) sum += body(cx, cy)
      return sum
    },
    types: ['number', 'number'],
    args: [-0.5, 0.5],
  },
  {
    name: 'FNV-1a of 1,000 bytes',
    body: fnv,
    loop: (of: Uint8Array, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) sum += body(of)
      return sum
    },
    types: ['Uint8Array'],
    args: [bytes],
  },
  {
    name: 'CRC-32 of 1,000 bytes, bit by bit',
    body: crc,
    loop: (of: Uint8Array, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) sum += body(of)
      return sum
    },
    types: ['Uint8Array'],
    args: [bytes],
  },
  {
    name: 'quicksort of 1,000 numbers',
    body: quicksort,
    loop: (from: Float64Array, times: number) => {
      let sum = 0
      const a = new Float64Array(from.length)
      for (let k = 0; k < times; k++) {
        for (let i = 0; i < from.length; i++) a[i] = from[i]!
        sum += body(a)
      }
      return sum
    },
    types: ['Float64Array'],
    args: [unsorted],
  },
  {
    name: 'primes below 10,000',
    body: sieve,
    loop: (n: number, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) sum += body(n)
      return sum
    },
    types: ['number'],
    args: [10_000],
  },
  {
    name: 'Levenshtein of 26 and 31 letters',
    body: levenshtein,
    loop: (a: string, b: string, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) sum += body(a, b)
      return sum
    },
    types: ['string', 'string'],
    args: ['kitten sitting on the wall', 'sitting kitten under the bridge'],
  },
  {
    name: 'greeting, a text',
    body: greet,
    loop: (name: string, n: number, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) {
        const made: string = body(name, n + k * 37)
        sum += made.charCodeAt(made.length - 2)
      }
      return sum
    },
    types: ['string', 'number'],
    args: ['Ann', 12_345],
    texts: true,
  },
  {
    name: 'payment, a text',
    body: payment,
    loop: (name: string, amount: number, tax: number, times: number) => {
      let sum = 0
      for (let k = 0; k < times; k++) {
        const made: string = body(name, amount + k / 100, tax)
        sum += made.charCodeAt(made.length - 14)
      }
      return sum
    },
    types: ['string', 'number', 'number'],
    args: ['  smith ', 199.99, 0.25],
    texts: true,
  },
]

/**
 * The loop as V8 runs it best: a text of its own for each kernel. What several kernels went through together would be compiled
 * for the types of all of them.
 */
export function loopInJavaScript({ name, body: measured, loop, args }: Kernel): (times: number) => number {
  const given = args.map((_, index) => `args[${index}]`).join(', ')
  const text = `const loop = ${loop.toString()}; return (times) => loop(${given}, times) // ${name}`
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is that of a function above
  const make = new Function('body', 'args', text) as (body: unknown, args: unknown) => (times: number) => number
  return make(measured, args)
}
