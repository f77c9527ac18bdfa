// The words that threads share which take turns of a body off a counter: each on a cache line of its own, the results behind.

export const CountingWord = { NEXT: 0, WAITING: 16, WOKEN: 32, RESULTS: 48 } as const
