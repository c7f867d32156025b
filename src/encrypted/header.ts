/**
 * The protected header of a message. It is authenticated but not encrypted: in compact JWE it is the associated data itself
 * (RFC 7516 section 5.1, step 14).
 *
 * @module
 */
import { base64url } from 'jose'

/** Header fields that differ between messages. */
export interface MessageHeader {
  readonly kid: string
  /** The channel: what is meant for one does not pass on another. */
  readonly chn: string
  /** The sending session: 128 random bits, new for each encoder and for each key it uses. */
  readonly sid: string
  /** The session's sequence number, from 0. */
  readonly seq: number
  /** `octet-stream` where bytes were sent (RFC 7516 section 4.1.12: without `application/`); absent for text. */
  readonly cty?: 'octet-stream' | undefined
}

/** NIST SP 800-38D section 8.3: with random 96-bit nonces one key takes 2^32 messages. */
export const mostMessages = 2 ** 32

/** Two full names of 128 and 256 characters, each escaped (`\u0000`) at worst, and what is always there. */
const longestHeader = 4096

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Members sorted by name and no white space: canonical JSON (RFC 8785), so that one header has one form in any language. */
function canonical({ kid, chn, sid, seq, cty }: MessageHeader) {
  const content = cty === undefined ? {} : { cty }
  return { alg: 'dir', chn, ...content, enc: 'A256GCM', kid, seq, sid }
}

function isName(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longest
}

const isKid = (value: unknown): value is string => isName(value, 128)
const isChannel = (value: unknown): value is string => isName(value, 256)
const isSession = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{22}$/.test(value)
const isSequence = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < mostMessages

/**
 * The fields of an encoded header, or `undefined`. Whatever is not exactly what {@link canonical} writes is refused: other
 * algorithms, `zip`, `crit`, `p2c`, members twice, members we do not know.
 */
function read(segment: string): MessageHeader | undefined {
  if (segment.length > longestHeader) return undefined
  try {
    const parsed: unknown = JSON.parse(decoder.decode(base64url.decode(segment)))
    if (typeof parsed !== 'object' || parsed === null) return undefined
    const { kid, chn, sid, seq, cty } = parsed as Record<string, unknown>
    if (!isKid(kid) || !isChannel(chn) || !isSession(sid) || !isSequence(seq)) return undefined
    if (cty !== undefined && cty !== 'octet-stream') return undefined
    const fields: MessageHeader = { kid, chn, sid, seq, cty }
    return base64url.encode(JSON.stringify(canonical(fields))) === segment ? fields : undefined
  } catch {
    return undefined
  }
}

/** Reading, writing and the limits of headers. */
export const header = { canonical, read, isKid, isChannel, longest: longestHeader }
