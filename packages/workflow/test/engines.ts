// The local engines, as `createTasks` makes them.
import { createTasks } from '@catzilla/api'
import { localEngines } from '@catzilla/test-kit/local-engines'
import type { LocalEngines } from '@catzilla/test-kit/local-engines'

const engines = localEngines(() => createTasks({ engine: 'native' }))

export const nativeMissing: string | undefined = engines.nativeMissing
export const describeOnEachEngine: LocalEngines['describeOnEachEngine'] = engines.describeOnEachEngine
export const describeOnNative: LocalEngines['describeOnNative'] = engines.describeOnNative
