// A histogram of durations with buckets of a constant relative width, as HdrHistogram has them: each power of two of a
// millisecond is cut into 256, so a value is known to 0.2 %. The bucket of a value is the top of its bits as a double, which
// makes recording a handful of instructions; pages of buckets exist where there are values.
import type { DurationMark, DurationRecord } from '../contract/measurements.ts'
import type { Distribution } from '../contract/statistics.ts'

const NS_PER_MS = 1_000_000
/** A nanosecond, nearly. */
const SHORTEST_MS = 2 ** -20
/** 39 hours, which is as far as C counts too. */
const LONGEST_MS = (2 ** 47 - 1) / NS_PER_MS
const CUT_BITS = 8
const CUTS = 1 << CUT_BITS
/** Behind its buckets a page has their sum, so that those who look for a rank need not look into every page. */
const SUM = CUTS
/** Bits of the upper word of a double below the ones that make the bucket. */
const SHIFT = 20 - CUT_BITS
/** The bits of the shortest. */
const FIRST = (1023 - 20) << CUT_BITS

const double = new Float64Array(1)
const words = new Int32Array(double.buffer)
double[0] = 1
const HIGH = words[1] === 0 ? 0 : 1
const LAST = bucketOf(LONGEST_MS)

/** A value and how many times it was recorded, alternating: how others keep their histograms. */
export interface ForeignBuckets {
  readonly count: number
  readonly sumNs: number
  readonly maxNs: number
  readonly buckets: Float64Array
}

const noDurations: Distribution = Object.freeze({ count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 })

/** A page of counters, and what it was at an earlier moment. */
interface Page {
  readonly page: Float64Array
  readonly before: Float64Array | undefined
}

/** What was recorded since some moment. */
interface Part {
  readonly pages: readonly (Page | undefined)[]
  readonly count: number
  readonly sumMs: number
  readonly mostMs: number
}

/** Durations in milliseconds, written down to be recorded together. */
export class DurationList {
  readonly ms: Float64Array
  /** The same memory, as words. */
  readonly bits: Int32Array

  constructor(length: number) {
    this.ms = new Float64Array(length)
    this.bits = new Int32Array(this.ms.buffer)
  }
}

const single = new DurationList(1)
/** Nothing is read from it. */
const nowhere: Float64Array = new Float64Array(CUTS + 1)

export class DurationHistogram implements DurationRecord, DurationMark {
  count = 0
  #sumMs = 0
  #mostMs = 0
  readonly #pages: (Float64Array | undefined)[] = []

  /** Records a duration; what is below a nanosecond counts as one, what is beyond 39 hours as that. */
  record(ms: number): void {
    single.ms[0] = ms
    this.recordAll(single, 0, 1)
  }

  /** Records those from one place of a list up to another, as `record` does. @returns the greatest of them */
  recordAll({ ms, bits }: DurationList, from: number, to: number): number {
    let sum = 0
    let most = 0
    let index = -1
    let page: Float64Array = nowhere
    let since = from
    for (let each = from; each < to; each++) {
      let value = ms[each] ?? 0
      let bucket = ((bits[2 * each + HIGH] ?? 0) >> SHIFT) - FIRST
      if (bucket < 0 || bucket > LAST) {
        bucket = value > 1 ? LAST : 0
        value = value > 1 ? LONGEST_MS : value > 0 ? value : 0
      }
      sum += value
      if (value > most) most = value
      if (index !== bucket >>> CUT_BITS) {
        // neighbours mostly have a page in common, whose sum is raised once for all of them
        page[SUM] = (page[SUM] ?? 0) + each - since
        since = each
        index = bucket >>> CUT_BITS
        page = this.#pages[index] ??= new Float64Array(CUTS + 1)
      }
      const place = bucket & (CUTS - 1)
      page[place] = (page[place] ?? 0) + 1
    }
    page[SUM] = (page[SUM] ?? 0) + to - since
    this.count += to - from
    this.#sumMs += sum
    this.#mostMs = Math.max(this.#mostMs, most)
    return most
  }

  total(): Distribution {
    return this.count === 0 ? noDurations : this.#distribution(this.#since(undefined))
  }

  upTo(boundsMs: readonly number[]): number[] {
    const counts: number[] = []
    let seen = 0
    for (const [bucket, count] of this.#filled()) {
      const ms = Math.min(middle(bucket), this.#mostMs)
      while (counts.length < boundsMs.length && (boundsMs[counts.length] ?? 0) < ms) counts.push(seen)
      seen += count
    }
    while (counts.length < boundsMs.length) counts.push(seen)
    return counts
  }

  mark(): DurationHistogram {
    return new DurationHistogram().add(this)
  }

  since(mark: DurationMark): Distribution {
    if (!(mark instanceof DurationHistogram)) return this.total()
    return this.count === mark.count ? noDurations : this.#distribution(this.#since(mark))
  }

  add(other: DurationHistogram): this {
    for (const [index, page] of other.#pages.entries()) {
      if (page === undefined) continue
      const own = (this.#pages[index] ??= new Float64Array(CUTS + 1))
      for (let place = 0; place <= SUM; place++) own[place] = (own[place] ?? 0) + (page[place] ?? 0)
    }
    this.count += other.count
    this.#sumMs += other.#sumMs
    this.#mostMs = Math.max(this.#mostMs, other.#mostMs)
    return this
  }

  addForeign({ count, sumNs, maxNs, buckets }: ForeignBuckets): this {
    for (let index = 0; index + 1 < buckets.length; index += 2) {
      const ms = (buckets[index] ?? 0) / NS_PER_MS
      const bucket = bucketOf(ms)
      const page = (this.#pages[bucket >>> CUT_BITS] ??= new Float64Array(CUTS + 1))
      const place = bucket & (CUTS - 1)
      const more = buckets[index + 1] ?? 0
      page[place] = (page[place] ?? 0) + more
      page[SUM] = (page[SUM] ?? 0) + more
    }
    this.count += count
    this.#sumMs += sumNs / NS_PER_MS
    this.#mostMs = Math.max(this.#mostMs, maxNs / NS_PER_MS)
    return this
  }

  /** What this has and `mark`, of an earlier moment, has not; all of it without one. Nothing is copied. */
  #since(mark: DurationHistogram | undefined): Part {
    const earlier = mark === undefined ? [] : mark.#pages
    const pages = this.#pages.map((page, index) => (page === undefined ? undefined : { page, before: earlier[index] }))
    if (mark === undefined) return { pages, count: this.count, sumMs: this.#sumMs, mostMs: this.#mostMs }
    // which of them was the greatest is known to the width of its bucket, unless it is the greatest of all
    const most = greatestIn(pages)
    return {
      pages,
      count: this.count - mark.count,
      sumMs: this.#sumMs - mark.#sumMs,
      mostMs: most < 0 ? 0 : Math.min(this.#mostMs, lowerEdge(most + 1)),
    }
  }

  #distribution({ pages, count, sumMs, mostMs }: Part): Distribution {
    const ranks = [0.5, 0.95, 0.99].map((ratio) => Math.ceil(ratio * count))
    const found: number[] = []
    let [seen, next] = [0, ranks[0] ?? Infinity]
    for (let index = 0; index < pages.length; index++) {
      const part = pages[index]
      if (part === undefined) continue
      const after = seen + left(part, SUM)
      for (let place = 0; next <= after && place < CUTS; place++) {
        seen += left(part, place)
        while (seen >= next) {
          found.push(Math.min(middle((index << CUT_BITS) + place), mostMs))
          next = ranks[found.length] ?? Infinity
        }
      }
      seen = after
    }
    const [p50Ms = mostMs, p95Ms = mostMs, p99Ms = mostMs] = found
    return { count, meanMs: sumMs / count, p50Ms, p95Ms, p99Ms, maxMs: mostMs }
  }

  /** Buckets that hold something, and how much, the least first. */
  *#filled(): Generator<[bucket: number, count: number]> {
    for (const [index, page] of this.#pages.entries()) {
      for (const [place, count] of page?.subarray(0, CUTS).entries() ?? []) {
        if (count > 0) yield [(index << CUT_BITS) + place, count]
      }
    }
  }
}

function left({ page, before }: Page, place: number): number {
  return (page[place] ?? 0) - (before?.[place] ?? 0)
}

/** The last bucket that has something; -1: none has. */
function greatestIn(pages: Part['pages']): number {
  for (let index = pages.length - 1; index >= 0; index--) {
    const part = pages[index]
    if (part === undefined || left(part, SUM) === 0) continue
    for (let place = CUTS - 1; place >= 0; place--) if (left(part, place) > 0) return (index << CUT_BITS) + place
  }
  return -1
}

/** The number of the bucket in which a duration lies. */
function bucketOf(ms: number): number {
  double[0] = ms >= SHORTEST_MS ? Math.min(ms, LONGEST_MS) : SHORTEST_MS
  return ((words[HIGH] ?? 0) >> SHIFT) - FIRST
}

function lowerEdge(bucket: number): number {
  words[HIGH] = (bucket + FIRST) << SHIFT
  words[1 - HIGH] = 0
  return double[0] ?? 0
}

function middle(bucket: number): number {
  return (lowerEdge(bucket) + lowerEdge(bucket + 1)) / 2
}
