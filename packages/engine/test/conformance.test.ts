// The suite on the TypeScript engine.
import { describe, it } from 'vitest'
import { describeEngine } from '@catzilla/engine/conformance'
import { createTypeScriptEngine } from '@catzilla/engine'

describeEngine('typescript', createTypeScriptEngine, { runner: { describe, it } })
