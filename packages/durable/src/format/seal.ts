// The envelope of everything that is stored: a version, a checksum, and, where asked for, compression and encryption.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { ENVELOPE_BYTES, Pages } from './draft.ts'
import type { Draft } from './draft.ts'

/** Version of the envelope, which has not changed since the first format of stores. */
const ENVELOPE_VERSION = 1

/** One key of AES-256-GCM. The first of a list encrypts; all of them decrypt, so that keys can be rotated. */
export interface EncryptionKey {
  /** 1..32 characters, kept beside what it has encrypted. */
  readonly id: string
  /** 32 bytes. */
  readonly key: Uint8Array
}

export interface SealOptions {
  /** Values of at least so many bytes are compressed. Infinity: none. */
  readonly compressAboveBytes: number
  readonly encryptionKeys: readonly EncryptionKey[]
}

const COMPRESSED = 1
const ENCRYPTED = 2
/** It is a segment: several records of tasks. */
const SEGMENT = 4

/** Where the checksum stands, behind version and flags. It is one of the whole, with zeros in its own place. */
const CHECKSUM_AT = 2
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Nothing that this package has written is larger than this when it is unpacked. */
const LARGEST_VALUE = 1 << 30

/** A value that cannot be read: damaged, or encrypted with a key that is not here. */
export class UnreadableError extends Error {}

/** A value that is whole, as far as can be seen, and encrypted with a key that is not here. */
export class MissingKeyError extends UnreadableError {
  readonly keyId: string

  constructor(keyId: string) {
    super(`it is encrypted with the key ${JSON.stringify(keyId)}, which encryptionKeys does not have`)
    this.keyId = keyId
  }
}

export class Seal {
  readonly #options: SealOptions
  readonly #pages = new Pages()

  constructor(options: SealOptions) {
    this.#options = options
  }

  /** A record begins; `close` ends it. */
  begin(): Draft {
    return this.#pages.begin()
  }

  /** @param key under which the record is kept: it cannot be moved to another one unnoticed when it is encrypted */
  close(key: string, draft: Draft): Buffer {
    return this.#close(key, draft, 0)
  }

  /** As `close`, of several records that `packSegment` has put together. */
  closeSegment(key: string, draft: Draft): Buffer {
    return this.#close(key, draft, SEGMENT)
  }

  #close(key: string, draft: Draft, flags: number): Buffer {
    const { compressAboveBytes, encryptionKeys } = this.#options
    const record = draft.finish()
    const isLarge = record.length - ENVELOPE_BYTES >= compressAboveBytes
    if (!isLarge && encryptionKeys.length === 0) return checked(record, flags)
    return this.#closeSmall(key, record.subarray(ENVELOPE_BYTES), isLarge, flags)
  }

  #closeSmall(key: string, value: Buffer, isLarge: boolean, kind: number): Buffer {
    let body = value
    let flags = kind
    if (isLarge) {
      const smaller = deflateRawSync(value, { level: 1 })
      if (smaller.length < value.length) {
        body = smaller
        flags |= COMPRESSED
      }
    }
    const [encryptWith] = this.#options.encryptionKeys
    if (encryptWith !== undefined) {
      body = encrypt(encryptWith, key, body)
      flags |= ENCRYPTED
    }
    const sealed = Buffer.allocUnsafe(ENVELOPE_BYTES + body.length)
    body.copy(sealed, ENVELOPE_BYTES)
    return checked(sealed, flags)
  }

  /** @throws UnreadableError */
  open(key: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    if (bytes.length < ENVELOPE_BYTES) throw new UnreadableError('it is shorter than an envelope')
    const [version = 0, flags = 0] = bytes
    if (version !== ENVELOPE_VERSION) throw new UnreadableError(`its format ${version} is not known`)
    let body = bytes.subarray(ENVELOPE_BYTES)
    const head = Buffer.of(version, flags, 0, 0, 0, 0)
    if (crc32(body, crc32(head)) !== bytes.readUInt32LE(CHECKSUM_AT)) throw new UnreadableError('its checksum is wrong')
    if ((flags & ENCRYPTED) !== 0) body = this.#decrypt(key, body)
    return (flags & COMPRESSED) === 0 ? body : inflate(body)
  }

  #decrypt(key: string, body: Buffer): Buffer {
    const idLength = body[0] ?? 0
    const id = body.toString('utf8', 1, 1 + idLength)
    const found = this.#options.encryptionKeys.find((each) => each.id === id)
    if (found === undefined) throw new MissingKeyError(id)
    const nonceAt = 1 + idLength
    const tagAt = nonceAt + NONCE_BYTES
    const textAt = tagAt + TAG_BYTES
    if (body.length < textAt) throw new UnreadableError('its encryption is cut short')
    const decipher = createDecipheriv('aes-256-gcm', found.key, body.subarray(nonceAt, tagAt), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(key))
    decipher.setAuthTag(body.subarray(tagAt, textAt))
    try {
      return Buffer.concat([decipher.update(body.subarray(textAt)), decipher.final()])
    } catch (error) {
      throw new UnreadableError(`the key ${JSON.stringify(id)} does not open it`, { cause: error })
    }
  }
}

/** Whether what is sealed is a segment; else it is one record. */
export function isSegment(sealed: Uint8Array): boolean {
  return ((sealed[1] ?? 0) & SEGMENT) !== 0
}

/** The record with its envelope filled in. */
function checked(record: Buffer, flags: number): Buffer {
  record[0] = ENVELOPE_VERSION
  record[1] = flags
  record.writeUInt32LE(0, CHECKSUM_AT)
  record.writeUInt32LE(crc32(record), CHECKSUM_AT)
  return record
}

function encrypt({ id, key: secret }: EncryptionKey, key: string, body: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(key))
  const text = [cipher.update(body), cipher.final()]
  const name = Buffer.from(id)
  return Buffer.concat([Buffer.of(name.length), name, nonce, cipher.getAuthTag(), ...text])
}

function inflate(body: Buffer): Buffer {
  try {
    return inflateRawSync(body, { maxOutputLength: LARGEST_VALUE })
  } catch (error) {
    throw new UnreadableError('it does not decompress', { cause: error })
  }
}
