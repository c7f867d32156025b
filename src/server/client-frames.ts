/**
 * From the text of a WebSocket message to a {@link ClientFrame}, strictly: a missing, extra or wrong field is named, its
 * value never echoed.
 *
 * @module
 */

import type { ClientFrame } from '../wire/frames.ts'
import { MAX_RECORDS_PER_APPEND, PRODUCER_ID } from '../wire/names.ts'
import { jsonDepth, MAX_JSON_DEPTH } from './json-text.ts'

/** What a text message is. */
export type ParsedFrame =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  /** Not a JSON object: there is no talking to this peer. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too_deep' }
  | { readonly kind: 'unknown_type'; readonly id?: number | undefined }
  | { readonly kind: 'bad_frame'; readonly field: string; readonly id?: number | undefined }

type Check = (value: unknown) => boolean

interface FieldRule {
  readonly check: Check
  readonly optional: boolean
}

type FrameRules = ReadonlyMap<string, FieldRule>

/** A record may nest this deep; the frame and its list are two more. */
const MAX_FRAME_DEPTH = MAX_JSON_DEPTH + 2

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

const count: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const text =
  (longest: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= longest
const list =
  (longest: number, item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= longest && value.every(item)
const anything: Check = () => true
const flag: Check = (value) => typeof value === 'boolean'
const base64: Check = (value) => typeof value === 'string' && value.length % 4 === 0 && BASE64.test(value)
const producer: Check = (value) => typeof value === 'string' && PRODUCER_ID.test(value)
const echo: Check = (value) => text(64)(value) || count(value)

const RULES: Readonly<Record<ClientFrame['t'], FrameRules>> = {
  hello: rules({ v: count }, { token: text(8192), agent: text(64), caps: list(32, text(64)), pingMs: count }),
  auth: rules({ token: text(8192) }, {}),
  sub: rules({ id: count, s: text(512), o: text(64) }, { max: (value) => count(value) && value !== 0 }),
  unsub: rules({ id: count, a: count }, {}),
  pub: rules(
    { s: text(512), pid: producer, e: count, q: count },
    { d: list(MAX_RECORDS_PER_APPEND, anything), b: list(MAX_RECORDS_PER_APPEND, base64), close: flag },
  ),
  seen: rules({ a: count, n: count }, {}),
  ping: rules({}, { k: echo }),
  pong: rules({}, { k: echo }),
}

/** Reads one text message. */
export function parseClientFrame(message: string): ParsedFrame {
  if (jsonDepth(message) > MAX_FRAME_DEPTH) return { kind: 'too_deep' }
  const value = parseObject(message)
  if (value === null) return { kind: 'malformed' }
  const id = count(value.id) ? Number(value.id) : undefined
  const type = value.t
  if (typeof type !== 'string') return { kind: 'bad_frame', field: 't', id }
  if (!isFrameType(type)) return { kind: 'unknown_type', id }
  const field = wrongField(value, RULES[type])
  if (field !== null) return { kind: 'bad_frame', field, id }
  // The rules above are what makes it one; a type guard could only run them a second time.
  return { kind: 'frame', frame: value as unknown as ClientFrame }
}

function parseObject(message: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(message)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFrameType(type: string): type is ClientFrame['t'] {
  return Object.hasOwn(RULES, type)
}

/** The name of the first field that breaks the rules. A stranger's field name is cut: it goes back into a sentence. */
function wrongField(value: Readonly<Record<string, unknown>>, frame: FrameRules): string | null {
  for (const [name, rule] of frame) {
    const present = Object.hasOwn(value, name)
    if (present ? !rule.check(value[name]) : !rule.optional) return name
  }
  const extra = Object.keys(value).find((name) => name !== 't' && !frame.has(name))
  return extra === undefined ? null : extra.slice(0, 32)
}

function rules(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>): FrameRules {
  const all = new Map<string, FieldRule>()
  for (const [name, check] of Object.entries(required)) all.set(name, { check, optional: false })
  for (const [name, check] of Object.entries(optional)) all.set(name, { check, optional: true })
  return all
}
