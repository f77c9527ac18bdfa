// The programs of the core, for the fuzzer; it says so where there is no core.
import { loadCore, type NativePrograms } from '@catzilla/core-c'

export function corePrograms(): NativePrograms {
  const { core, source } = loadCore()
  if (core === undefined) throw new Error(`there is no native core: ${source}`)
  return core.programs
}
