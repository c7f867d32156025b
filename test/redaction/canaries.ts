/**
 * Secrets that are easy to find again: planted wherever an app puts one, and looked for wherever nothing of it may be.
 *
 * @module
 */

/** Where a canary is planted. */
export const places = [
  'query',
  'userInfo',
  'header',
  'headerFunction',
  'sendHeader',
  'cookie',
  'body',
  'idempotencyKey',
  'authorize',
  'payloadIn',
  'payloadOut',
  'ownCloseReason',
  'peerCloseReason',
  'serverBody',
  'serverHeader',
  'redirectTarget',
  'tlsKey',
  'thrown',
  'subProtocol',
  'position',
] as const

export type Place = (typeof places)[number]

/** A secret for each place; letters and digits only, so that percent-encoding and JSON leave it as it is. */
export type Canaries = Readonly<Record<Place, string>>

/** Fresh ones, so that nothing of an earlier test is found. */
export function newCanaries(): Canaries {
  const entries = places.map((place) => [place, `canary${place}${crypto.randomUUID().replaceAll('-', '')}`])
  return Object.fromEntries(entries) as Canaries
}

/** The places whose canary is somewhere in the text: plain, percent-encoded, as base64 (at any offset), hex or a list of bytes. */
export function found(canaries: Canaries, text: string): Place[] {
  // JSON writes bytes as {"0":99,"1":97,…} and Node's inspection as [ 99, 97, … ].
  const flat = text.replaceAll(/"\d+":|\s/g, '').toLowerCase()
  return places.filter((place) => formsOf(canaries[place]).some((form) => flat.includes(form.toLowerCase())))
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const percent = [...bytes].map((byte) => `%${byte.toString(16)}`).join('')
  return [secret, percent, bytes.toString('hex'), bytes.join(','), ...base64Of(secret)]
}

/** What base64 of a longer text holds of the secret, wherever the secret begins in it: without the ends, which mix with neighbours. */
function base64Of(secret: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
    const end = Math.floor(bytes.length / 3) * 4
    const begin = offset === 0 ? 0 : 4
    return [bytes.toString('base64').slice(begin, end), bytes.toString('base64url').slice(begin, end)]
  })
}
