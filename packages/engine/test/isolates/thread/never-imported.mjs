// A module whose import never ends.
await new Promise(() => {})

export const neverRuns = () => 1
