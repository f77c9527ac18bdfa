// What a build leaves beside the application: `manifest.json`. It is as trustworthy as the JavaScript beside it; what it says
// is checked so that nothing of another build is run.
import type { Signature } from '../signature.ts'

/** Raised with every change of what is below. */
export const MANIFEST_FORMAT = 1

/** As `TypeHint`, of what arguments can be told apart by when they come. */
export type ArgumentType = string | { readonly record: Readonly<Record<string, ArgumentType>> }

export interface ManifestBody {
  /** Where it is named in the application; undefined where it is found by its text. */
  readonly key?: string
  /** SHA-256 of the function's text as JavaScript shows it, in hexadecimal; null when the build did not find it. */
  readonly text: string | null
  readonly name: string
  readonly file: string
  readonly line: number
  readonly types: readonly ArgumentType[]
  /** What it takes from its surroundings, as `fingerprintOf` tells values apart. */
  readonly captures: Readonly<Record<string, string>>
  readonly signature: Signature
  /** It is worth running as machine code only. */
  readonly loops: boolean
  /** The bytes of the program, in base64. */
  readonly program: string
  /** Its name in the libraries; null when it is not in them. */
  readonly symbol: string | null
  /** On how many lists of arguments C and V8 gave the same when it was built. */
  readonly tried: number
}

export interface ManifestLibrary {
  /** `linux-x64`: `process.platform` and `process.arch`. */
  readonly target: string
  /** Beside the manifest. */
  readonly file: string
  readonly sha256: string
  /** What compiled it, in its own words. */
  readonly compiler: string
  /** Whether the bodies were tried as they are in it. */
  readonly tried: boolean
}

export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT
  readonly bodies: readonly ManifestBody[]
  readonly libraries: readonly ManifestLibrary[]
}

/** @throws Error that says why it is none */
export function parseManifest(text: string): Manifest {
  const manifest: unknown = JSON.parse(text)
  if (typeof manifest !== 'object' || manifest === null || !('format' in manifest)) throw new Error('it is no manifest')
  if (manifest.format !== MANIFEST_FORMAT) {
    throw new Error(`its format is ${String(manifest.format)}, and this reads ${MANIFEST_FORMAT}`)
  }
  const { bodies, libraries } = manifest as Partial<Manifest>
  if (!Array.isArray(bodies) || !Array.isArray(libraries)) throw new Error('it has no bodies and libraries')
  return manifest as Manifest
}
