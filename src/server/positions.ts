/**
 * How positions look to those who ask over HTTP: as plain offsets, or sealed, so that nobody reads from them how much a
 * stream holds (wire.md 4.1, S27).
 *
 * @module
 */

import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { isOffset } from '../wire/offset.ts'
import { offsetAt, type Reset, termAt } from './cursor.ts'
import type { Page } from './hub/page.ts'
import type { StreamHead } from './stores/store.ts'

/** What has to be known of a stream to name a position in it. */
type PositionHead = Pick<StreamHead, 'path' | 'gen' | 'terms'>

/** The form positions have on their way out and in. */
export interface Positions {
  /** Whether they tell how many records there are. */
  readonly counts: boolean
  /** A position, as it is shown. The same one has the same bytes every time: readers share what was written for one of them. */
  at(head: PositionHead, seq: number): string
  /** What was shown, as an offset again; `null` for anything that was not shown for this path. */
  open(path: string, text: string): string | null
  /** The `ETag` of a page: names exactly these records, and whether the end of the stream is part of the answer. */
  tag(head: PositionHead, page: Page): string
  /** A reset, as it is shown. */
  reset(path: string, reset: Reset): Reset
}

/**
 * Plain positions without a key, sealed ones with it.
 *
 * @param key - 32 bytes. Every node needs the same, and so does the same server after a restart.
 * @throws RangeError for a key of another length.
 */
export function positionsFrom(key: Uint8Array | undefined): Positions {
  return key === undefined ? plainPositions : new SealedPositions(key)
}

const plainPositions: Positions = {
  counts: true,
  at: offsetAt,
  open: (_path, text) => (isOffset(text) ? text : null),
  tag: (head, page) => `"${pageName(head, page)}"`,
  reset: (_path, reset) => reset,
}

function pageName(head: PositionHead, { from, to, ended }: Page): string {
  return `${head.gen}.${termAt(head, to)}.${from}.${to}${ended ? '.c' : ''}`
}

const KEY_BYTES = 32
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** As much of a keyed hash as no two pages will ever share. */
const ETAG_BYTES = 16

/**
 * An initialisation vector, the 38 characters of an offset and a tag: 66 bytes. A multiple of three leaves no spare bits in
 * base64url, so that one position cannot be written in two ways. The alphabet has no `+`, which clients count records with.
 */
const TOKEN = /^[A-Za-z0-9_-]{88}$/

/**
 * AES-256-GCM under the path as associated data. The vector is a keyed hash of what is sealed, because equal positions have to
 * look equal; two different ones share a vector with a chance of 2^-33 after 2^32 of them (SP 800-38D section 8.3).
 */
class SealedPositions implements Positions {
  readonly counts = false
  readonly #cipherKey: KeyObject
  readonly #vectorKey: KeyObject
  readonly #tagKey: KeyObject
  /** What was sealed last: a crowd that is read to, or told to come back, stands at one position, and a seal costs 10 µs. */
  #last = { path: '', offset: '', token: '' }

  constructor(key: Uint8Array) {
    if (!(key instanceof Uint8Array) || key.length !== KEY_BYTES)
      throw new RangeError(`opaqueOffsets has to be a key of ${KEY_BYTES} bytes.`)
    this.#cipherKey = derived(key, 'cipher')
    this.#vectorKey = derived(key, 'vector')
    this.#tagKey = derived(key, 'tag')
  }

  at(head: PositionHead, seq: number): string {
    return this.#seal(head.path, offsetAt(head, seq))
  }

  open(path: string, text: string): string | null {
    if (!TOKEN.test(text)) return null
    const token = Buffer.from(text, 'base64url')
    const decipher = createDecipheriv(CIPHER, this.#cipherKey, token.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(path))
    decipher.setAuthTag(token.subarray(-TAG_BYTES))
    const offset = decipher.update(token.subarray(IV_BYTES, -TAG_BYTES)).toString('latin1')
    try {
      decipher.final()
    } catch {
      return null
    }
    return offset
  }

  /** The path is part of it: pages of two streams that stand alike must not look alike. */
  tag(head: PositionHead, page: Page): string {
    const hash = keyedHash(this.#tagKey, head.path, pageName(head, page))
    return `"${hash.toString('base64url', 0, ETAG_BYTES)}"`
  }

  /** How many are lost is a count as well. */
  reset(path: string, reset: Reset): Reset {
    const { earliest, next } = reset
    return { ...reset, lost: null, earliest: this.#seal(path, earliest), next: this.#seal(path, next) }
  }

  #seal(path: string, offset: string): string {
    const last = this.#last
    if (last.offset === offset && last.path === path) return last.token
    const token = this.#sealed(path, offset)
    this.#last = { path, offset, token }
    return token
  }

  #sealed(path: string, offset: string): string {
    const vector = keyedHash(this.#vectorKey, path, offset).subarray(0, IV_BYTES)
    const cipher = createCipheriv(CIPHER, this.#cipherKey, vector, { authTagLength: TAG_BYTES })
    cipher.setAAD(Buffer.from(path))
    const sealed = [vector, cipher.update(offset, 'latin1'), cipher.final()]
    return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url')
  }
}

/** One key for each use, by HKDF (RFC 5869): what one of them gives away says nothing about the others. */
function derived(key: Uint8Array, use: 'cipher' | 'vector' | 'tag'): KeyObject {
  const bytes = hkdfSync('sha256', key, new Uint8Array(), `statewire opaque offsets ${use}`, KEY_BYTES)
  return createSecretKey(new Uint8Array(bytes))
}

/** No path has a NUL in it, so that no other pair reads the same. */
function keyedHash(key: KeyObject, path: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${path}\0${text}`).digest()
}
