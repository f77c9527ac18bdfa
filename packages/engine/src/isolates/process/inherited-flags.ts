// Which flags of this process its children get as well.

/** Flags that say what the parent runs or who debugs it: a child with them would run the same, or fight for the port. */
const ownFlag =
  /^--?(inspect|debug-port|eval|print|check|interactive|input-type|test|watch|run|env-file|cpu-prof|heap-prof)/
const ownShort = /^-(e|p|c|i|pe)$/
/** Those whose value may be the next word. */
const withValue = /^(-e|-p|-pe|--eval|--print|--input-type|--inspect-port|--debug-port|--watch-path|--run|--env-file)$/

/** The flags of this process that its children get too: loaders, conditions and the like. */
export function inheritedFlags(flags: readonly string[]): string[] {
  return flags.filter((flag, index) => {
    if (index > 0 && withValue.test(flags[index - 1] ?? '')) return false
    return !ownFlag.test(flag) && !ownShort.test(flag)
  })
}
