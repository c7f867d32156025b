/**
 * The sending half: plaintext into compact JWE (RFC 7516) with `dir` and `A256GCM`.
 *
 * @module
 */
import { base64url, CompactEncrypt } from 'jose'
import { TransportError } from '../errors.ts'
import { findKey } from './find-key.ts'
import { header } from './header.ts'
import type { KeySource } from './key-ring.ts'

/** One encoder under one key. */
interface Session {
  readonly kid: string
  readonly sid: string
  next: number
}

export interface SealerOptions {
  readonly keys: KeySource
  readonly channel: string
  readonly maxBytes: number
  readonly messagesPerKey: number
}

const encoder = new TextEncoder()

export class Sealer {
  readonly #options: SealerOptions
  #session: Session | null = null

  constructor(options: SealerOptions) {
    this.#options = options
  }

  /** @param encode - makes text, bytes, or a promise of them. What it throws is passed on and costs no number. */
  seal(encode: () => unknown): Promise<string> {
    const session = this.#sessionOf(this.#options.keys.current)
    const payload = encode()
    // Given before anything is awaited, so that numbers follow the order of `send()`.
    const seq = session.next
    session.next += 1
    return this.#encrypt(payload, session, seq)
  }

  async #encrypt(payload: unknown, { kid, sid }: Session, seq: number): Promise<string> {
    // Both at once: awaited one after the other, the second's rejection would be unhandled meanwhile.
    const [plain, key] = await Promise.all([payload, findKey(this.#options.keys, kid, 'encrypt')])
    const isBytes = plain instanceof Uint8Array
    const bytes = this.#measured(isBytes ? plain : encoder.encode(textOf(plain)))
    const cty = isBytes ? 'octet-stream' : undefined
    const fields = { kid, chn: this.#options.channel, sid, seq, cty } as const
    return new CompactEncrypt(bytes).setProtectedHeader(header.canonical(fields)).encrypt(key)
  }

  #sessionOf(kid: string): Session {
    if (!header.isKid(kid)) throw new TransportError('bad_option', 'A key id must be a text of 1 to 128 characters.')
    if (this.#session?.kid !== kid) this.#session = { kid, sid: randomId(), next: 0 }
    if (this.#session.next >= this.#options.messagesPerKey) {
      throw new TransportError(
        'encode_failed',
        'The key has encrypted as many messages as it may: rotate to a new one.',
      )
    }
    return this.#session
  }

  #measured(bytes: Uint8Array): Uint8Array {
    const { maxBytes } = this.#options
    if (bytes.byteLength > maxBytes) {
      throw new TransportError('encode_failed', `The value to send is larger than ${maxBytes} bytes.`)
    }
    return bytes
  }
}

function randomId(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(16)))
}

function textOf(payload: unknown): string {
  if (typeof payload !== 'string') {
    throw new TransportError('encode_failed', 'Only text and bytes can be encrypted; the inner codec made neither.')
  }
  return payload
}
