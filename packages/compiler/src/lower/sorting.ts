// `sort(f)`, in JavaScript: the merge sort of T. Peters, with the questions that V8 asks in the order in which it asks them,
// since a function that contradicts itself shows by its answers which they were. Compiled where it is called, as the texts
// of `prelude.ts`. `f` is the function that was given.

const WINS = 7

const compare = 'const compare = (x, y) => Number(f(x, y)) || 0;'

/** Copies `count` elements, also where both are parts of one array. */
const move = `
  const move = (from, at, to, index, count) => {
    if (at < index) for (let i = count - 1; i >= 0; i--) to[index + i] = from[at + i]
    else for (let i = 0; i < count; i++) to[index + i] = from[at + i]
  };`

/** How many elements from \`base\` on come before the key: those that are equal do not, then do. */
const gallop = (name: string, comesBefore: (element: string) => string): string => `
  const ${name} = (a, key, base, length, hint) => {
    let last = 0, offset = 1
    if (${comesBefore('a[base + hint]')}) {
      const most = length - hint
      while (offset < most && ${comesBefore('a[base + hint + offset]')}) { last = offset; offset = offset * 2 + 1 }
      if (offset > most) offset = most
      last += hint
      offset += hint
    } else {
      const most = hint + 1
      while (offset < most && !(${comesBefore('a[base + hint - offset]')})) { last = offset; offset = offset * 2 + 1 }
      if (offset > most) offset = most
      const before = last
      last = hint - offset
      offset = hint - before
    }
    last++
    while (last < offset) {
      const middle = last + Math.floor((offset - last) / 2)
      if (${comesBefore('a[base + middle]')}) last = middle + 1
      else offset = middle
    }
    return offset
  };`

const gallopLeft = gallop('gallopLeft', (element) => `compare(${element}, key) < 0`)
const gallopRight = gallop('gallopRight', (element) => `!(compare(key, ${element}) < 0)`)

/** Two runs that lie one behind the other, the first not the longer: from their beginnings. */
const mergeLow = `
  const mergeLow = (a, state, first, ones, second, others) => {
    const kept = a.slice(first, first + ones)
    let to = first, one = 0, other = second
    let lengthA = ones, lengthB = others
    let alone = false
    a[to++] = a[other++]
    merge: {
      if (--lengthB === 0) break merge
      if (lengthA === 1) { alone = true; break merge }
      let least = state[0]
      for (;;) {
        let winsA = 0, winsB = 0
        for (;;) {
          if (compare(a[other], kept[one]) < 0) {
            a[to++] = a[other++]
            winsB++
            winsA = 0
            if (--lengthB === 0) break merge
            if (winsB >= least) break
          } else {
            a[to++] = kept[one++]
            winsA++
            winsB = 0
            if (--lengthA === 1) { alone = true; break merge }
            if (winsA >= least) break
          }
        }
        least++
        for (let again = true; again; again = winsA >= ${WINS} || winsB >= ${WINS}) {
          least = Math.max(1, least - 1)
          state[0] = least
          winsA = gallopRight(kept, a[other], one, lengthA, 0)
          if (winsA > 0) {
            move(kept, one, a, to, winsA)
            to += winsA
            one += winsA
            lengthA -= winsA
            if (lengthA === 1) { alone = true; break merge }
            if (lengthA === 0) break merge
          }
          a[to++] = a[other++]
          if (--lengthB === 0) break merge
          winsB = gallopLeft(a, kept[one], other, lengthB, 0)
          if (winsB > 0) {
            move(a, other, a, to, winsB)
            to += winsB
            other += winsB
            lengthB -= winsB
            if (lengthB === 0) break merge
          }
          a[to++] = kept[one++]
          if (--lengthA === 1) { alone = true; break merge }
        }
        least++
        state[0] = least
      }
    }
    if (alone) {
      move(a, other, a, to, lengthB)
      a[to + lengthB] = kept[one]
    } else if (lengthA > 0) move(kept, one, a, to, lengthA)
  };`

/** Likewise, the second the shorter: from their ends. */
const mergeHigh = `
  const mergeHigh = (a, state, first, ones, second, others) => {
    const kept = a.slice(second, second + others)
    let to = second + others - 1, one = first + ones - 1, other = others - 1
    let lengthA = ones, lengthB = others
    let alone = false
    a[to--] = a[one--]
    merge: {
      if (--lengthA === 0) break merge
      if (lengthB === 1) { alone = true; break merge }
      let least = state[0]
      for (;;) {
        let winsA = 0, winsB = 0
        for (;;) {
          if (compare(kept[other], a[one]) < 0) {
            a[to--] = a[one--]
            winsA++
            winsB = 0
            if (--lengthA === 0) break merge
            if (winsA >= least) break
          } else {
            a[to--] = kept[other--]
            winsB++
            winsA = 0
            if (--lengthB === 1) { alone = true; break merge }
            if (winsB >= least) break
          }
        }
        least++
        for (let again = true; again; again = winsA >= ${WINS} || winsB >= ${WINS}) {
          least = Math.max(1, least - 1)
          state[0] = least
          winsA = lengthA - gallopRight(a, kept[other], first, lengthA, lengthA - 1)
          if (winsA > 0) {
            to -= winsA
            one -= winsA
            move(a, one + 1, a, to + 1, winsA)
            lengthA -= winsA
            if (lengthA === 0) break merge
          }
          a[to--] = kept[other--]
          if (--lengthB === 1) { alone = true; break merge }
          winsB = lengthB - gallopLeft(kept, a[one], 0, lengthB, lengthB - 1)
          if (winsB > 0) {
            to -= winsB
            other -= winsB
            move(kept, other + 1, a, to + 1, winsB)
            lengthB -= winsB
            if (lengthB === 1) { alone = true; break merge }
            if (lengthB === 0) break merge
          }
          a[to--] = a[one--]
          if (--lengthA === 0) break merge
        }
        least++
        state[0] = least
      }
    }
    if (alone) {
      to -= lengthA
      one -= lengthA
      move(a, one + 1, a, to + 1, lengthA)
      a[to] = kept[other]
    } else if (lengthB > 0) move(kept, 0, a, to - (lengthB - 1), lengthB)
  };`

/** Runs that wait to be merged: \`starts\` and \`lengths\`, the latest last. */
const mergeAt = `
  const mergeAt = (a, state, starts, lengths, n) => {
    let first = starts[n], ones = lengths[n]
    const second = starts[n + 1], others = lengths[n + 1]
    lengths[n] = ones + others
    starts.splice(n + 1, 1)
    lengths.splice(n + 1, 1)
    const skipped = gallopRight(a, a[second], first, ones, 0)
    first += skipped
    ones -= skipped
    if (ones === 0) return
    const left = gallopLeft(a, a[first + ones - 1], second, others, others - 1)
    if (left === 0) return
    if (ones <= left) mergeLow(a, state, first, ones, second, left)
    else mergeHigh(a, state, first, ones, second, left)
  };`

const runs = `
  const isLongEnough = (lengths, n) => n < 2 || lengths[n - 2] > lengths[n - 1] + lengths[n];
  const collapse = (a, state, starts, lengths) => {
    while (lengths.length > 1) {
      let n = lengths.length - 2
      if (!isLongEnough(lengths, n + 1) || !isLongEnough(lengths, n)) {
        if (lengths[n - 1] < lengths[n + 1]) n--
        mergeAt(a, state, starts, lengths, n)
      } else if (lengths[n] <= lengths[n + 1]) mergeAt(a, state, starts, lengths, n)
      else break
    }
  };
  const finish = (a, state, starts, lengths) => {
    while (lengths.length > 1) {
      let n = lengths.length - 2
      if (n > 0 && lengths[n - 1] < lengths[n + 1]) n--
      mergeAt(a, state, starts, lengths, n)
    }
  };
  const countRun = (a, from, to) => {
    if (from + 1 === to) return 1
    let count = 2
    const falls = compare(a[from + 1], a[from]) < 0
    for (let i = from + 2; i < to; i++) {
      if (compare(a[i], a[i - 1]) < 0 !== falls) break
      count++
    }
    if (falls) {
      for (let low = from, high = from + count - 1; low < high; low++, high--) {
        const e = a[low]
        a[low] = a[high]
        a[high] = e
      }
    }
    return count
  };
  const insert = (a, low, start, high) => {
    for (let at = start; at < high; at++) {
      const e = a[at]
      let left = low, right = at
      while (left < right) {
        const middle = left + Math.floor((right - left) / 2)
        if (compare(e, a[middle]) < 0) right = middle
        else left = middle + 1
      }
      for (let i = at; i > left; i--) a[i] = a[i - 1]
      a[left] = e
    }
  };
  const leastRun = (length) => {
    let n = length, rest = 0
    while (n >= 64) {
      if (n % 2 === 1) rest = 1
      n = Math.floor(n / 2)
    }
    return n + rest
  };`

/** Sorts a copy, then puts the elements into the array. */
export const sortWith: string = `(list) => {
  ${compare}${move}${gallopLeft}${gallopRight}${mergeLow}${mergeHigh}${mergeAt}${runs}
  const a = list.slice()
  const state = [${WINS}], starts = [], lengths = []
  const least = leastRun(a.length)
  let low = 0, rest = a.length < 2 ? 0 : a.length
  while (rest > 0) {
    let run = countRun(a, low, low + rest)
    if (run < least) {
      const forced = Math.min(least, rest)
      insert(a, low, low + run, low + forced)
      run = forced
    }
    starts.push(low)
    lengths.push(run)
    collapse(a, state, starts, lengths)
    low += run
    rest -= run
  }
  finish(a, state, starts, lengths)
  for (let i = 0; i < a.length; i++) list[i] = a[i]
  return list
}`
