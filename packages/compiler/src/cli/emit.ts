// What `catzilla compile` leaves behind: the functions by their text, and a module that makes them known.
import { argumentTypesOf } from '../build/argument-types.ts'
import type { Candidate, Prebuilding } from '../build/prebuild.ts'
import { hashOfText } from '../prebuilt/fingerprint.ts'
import type { Explained } from './explain.ts'

/** Those whose arguments are of types that can be told when they come. */
export function candidatesOf(rows: readonly Explained[]): Candidate[] {
  return rows.flatMap(({ file, fn, compilation }) => {
    const told = argumentTypesOf(fn.types)
    if (!compilation.ok || !('types' in told)) return []
    return [{ text: hashOfText(fn.source), file, fn, types: told.types, compilation }]
  })
}

export interface EmittedFile {
  readonly file: string
  readonly bytes: string | Uint8Array
}

export function filesOf({ manifest, c, libraries }: Prebuilding): EmittedFile[] {
  return [
    { file: 'manifest.json', bytes: `${JSON.stringify(manifest, null, 2)}\n` },
    { file: 'bodies.c', bytes: c },
    ...libraries,
    { file: 'index.mjs', bytes: esModule },
    { file: 'index.cjs', bytes: commonJs },
  ]
}

const esModule = `import { registerPrebuilt } from '@catzilla/compiler/prebuilt'
registerPrebuilt(new URL('manifest.json', import.meta.url))
`

const commonJs = `const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const { registerPrebuilt } = require('@catzilla/compiler/prebuilt')
registerPrebuilt(pathToFileURL(join(__dirname, 'manifest.json')))
`
