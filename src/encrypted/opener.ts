/**
 * The receiving half: compact JWE into plaintext, or a typed refusal.
 *
 * @module
 */
import { compactDecrypt } from 'jose'
import { TransportError } from '../errors.ts'
import { base64urlLength, isBase64url } from './base64url.ts'
import { findKey } from './find-key.ts'
import { header, type MessageHeader } from './header.ts'
import type { KeySource } from './key-ring.ts'
import type { Senders } from './senders.ts'

export interface OpenerOptions {
  readonly keys: KeySource
  readonly channel: string
  readonly maxBytes: number
  readonly senders: Senders
}

/** An authentic message that was not received before. */
export interface Opened {
  /** Text or bytes, as it was sent; throws where a text is not UTF-8. */
  payload(): string | Uint8Array
  readonly sender: string
  /** How many messages of this sender were jumped over. */
  readonly lost: number
}

/** Characters of a token that are not ciphertext: four dots, a nonce of 12 bytes and a tag of 16. */
const nonceLength = 16
const tagLength = 22
const framing = 4 + nonceLength + tagLength

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const allowed = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }

/**
 * Nothing the header says is believed before the tag has proved it, except which key to try.
 *
 * @param isWanted - asked after decryption, which may have waited long for a key.
 */
export async function open(token: unknown, options: OpenerOptions, isWanted: () => boolean): Promise<Opened> {
  const { keys, channel, maxBytes, senders } = options
  const { text, fields } = parse(token, maxBytes)
  const plaintext = await decrypt(text, await findKey(keys, fields.kid, 'decrypt'))
  if (fields.chn !== channel) {
    throw new TransportError('wrong_channel', 'A message was encrypted for another channel and was refused.')
  }
  // Its number must stay free: the message was never handed over and will come again.
  if (!isWanted()) throw new TransportError('aborted', 'Another message was read before this one was decrypted.')
  const lost = await senders.take(fields, keys)
  const payload = () => (fields.cty === undefined ? decoder.decode(plaintext) : plaintext)
  return { payload, sender: fields.sid, lost }
}

function parse(token: unknown, maxBytes: number): { readonly text: string; readonly fields: MessageHeader } {
  if (typeof token !== 'string') refuse()
  // Measured before anything is copied or decoded.
  if (token.length > header.longest + framing + base64urlLength(maxBytes)) refuseSize(maxBytes)
  const segments = token.split('.', 6)
  const [first = '', wrappedKey, nonce = '', ciphertext = '', tag = ''] = segments
  const isWhole = segments.length === 5 && wrappedKey === '' && nonce.length === nonceLength && tag.length === tagLength
  if (!isWhole || ![nonce, ciphertext, tag].every(isBase64url)) refuse()
  if (ciphertext.length > base64urlLength(maxBytes)) refuseSize(maxBytes)
  return { text: token, fields: header.read(first) ?? refuse() }
}

async function decrypt(token: string, key: CryptoKey): Promise<Uint8Array> {
  try {
    return (await compactDecrypt(token, key, allowed)).plaintext
  } catch {
    // Why it failed is of use to nobody but an attacker.
    refuse()
  }
}

function refuse(): never {
  throw new TransportError('decrypt_failed', 'A message was not encrypted as agreed, or was changed on the way.')
}

function refuseSize(maxBytes: number): never {
  throw new TransportError('limit_exceeded', `An encrypted message was larger than ${maxBytes} bytes.`)
}
