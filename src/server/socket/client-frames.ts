/**
 * From the text of a WebSocket message to a {@link ClientFrame}, strictly: a missing, extra or wrong field is named, its
 * value never echoed.
 *
 * @module
 */

import { z } from 'zod'
import type { ClientFrame } from '../../wire/frames.ts'
import { PRODUCER_ID } from '../../wire/names.ts'
import { jsonShape } from '../json-text.ts'
import type { Limits } from '../limits.ts'

/** What a text message is. */
export type ParsedFrame =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  /** Not a JSON object: there is no talking to this peer. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too_deep' }
  | { readonly kind: 'too_many_keys' }
  | { readonly kind: 'unknown_type'; readonly id?: number | undefined }
  | { readonly kind: 'bad_frame'; readonly field: string; readonly id?: number | undefined }

/** A record may nest as deep as elsewhere; the frame and its list are two more. */
const LEVELS_OF_A_FRAME = 2

const MOST_TOKEN_LENGTH = 8 * 1024
const MOST_FIELD_NAME_LENGTH = 32

const count = z.int().min(0)
const echo = z.union([z.string().max(64), count]).optional()
const token = z.string().max(MOST_TOKEN_LENGTH)
const path = z.string().max(512)

/** Made once: putting a schema together takes a hundred times as long as using it. */
const SCHEMAS = {
  // The one frame that may hold more than we know: a newer client greets with it before it knows whom it talks to.
  hello: z.looseObject({
    t: z.literal('hello'),
    v: count,
    token: token.optional(),
    agent: z.string().max(64).optional(),
    caps: z.array(z.string().max(64)).max(32).optional(),
    pingMs: count.optional(),
  }),
  auth: z.strictObject({ t: z.literal('auth'), token }),
  sub: z.strictObject({
    t: z.literal('sub'),
    id: count,
    s: path,
    o: z.string().max(64),
    max: count.min(1).optional(),
  }),
  unsub: z.strictObject({ t: z.literal('unsub'), id: count, a: count }),
  pub: z.strictObject({
    t: z.literal('pub'),
    s: path,
    pid: z.string().regex(PRODUCER_ID),
    e: count,
    q: count,
    d: z.array(z.unknown()).min(1).optional(),
    b: z.array(z.string().refine(isBase64)).min(1).optional(),
    close: z.boolean().optional(),
  }),
  seen: z.strictObject({ t: z.literal('seen'), a: count, n: count }),
  ping: z.strictObject({ t: z.literal('ping'), k: echo }),
  pong: z.strictObject({ t: z.literal('pong'), k: echo }),
} as const satisfies Readonly<Record<ClientFrame['t'], z.ZodType<ClientFrame>>>

/** Reads one text message. */
export function parseClientFrame(message: string, limits: Pick<Limits, 'jsonDepth' | 'jsonKeys'>): ParsedFrame {
  const shape = jsonShape(message)
  if (shape.depth > limits.jsonDepth + LEVELS_OF_A_FRAME) return { kind: 'too_deep' }
  if (shape.keys > limits.jsonKeys) return { kind: 'too_many_keys' }
  const value = parseObject(message)
  if (value === null) return { kind: 'malformed' }
  if (typeof value.t !== 'string') return { kind: 'bad_frame', field: 't', id: idOf(value) }
  if (!isFrameType(value.t)) return { kind: 'unknown_type', id: idOf(value) }
  const parsed = SCHEMAS[value.t].safeParse(value)
  if (parsed.success) return { kind: 'frame', frame: parsed.data }
  return { kind: 'bad_frame', field: fieldOf(parsed.error.issues[0]), id: idOf(value) }
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
  return Object.hasOwn(SCHEMAS, type)
}

/** The request's number, when it has a good one: the answer to a bad frame carries it. */
function idOf({ id }: Record<string, unknown>): number | undefined {
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : undefined
}

/** The name of the first field that is not right. A stranger's field name is cut: it goes back into a sentence. */
function fieldOf(issue: z.core.$ZodIssue | undefined): string {
  const name = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]
  return String(name ?? '').slice(0, MOST_FIELD_NAME_LENGTH)
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}
