/**
 * Who shares with whom.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { isObject } from './shapes.ts'

/** What of a connection's input says which stream it is, beside the URL. */
const TELLING = ['query', 'via', 'protocols', 'events', 'records', 'format'] as const

/**
 * The key of an input that brings none: its URL and how it is to be read. Nothing for a request that is more than a question: of those
 * nobody can say whether two are the same.
 */
export function defaultKey(input: unknown): string | undefined {
  if (!isObject(input)) return undefined
  const { url, method, body } = input
  if (body !== undefined || (method !== undefined && method !== 'GET')) return undefined
  if (typeof url !== 'string' && !(url instanceof URL)) return undefined
  const page = globalThis.location?.href
  // What is no address is the dial's to refuse.
  if (!URL.canParse(url, page)) return undefined
  const address = new URL(url, page)
  address.hash = ''
  return JSON.stringify([address.href, ...TELLING.map((name) => input[name] ?? null)])
}

/** The name of locks and channels: a digest, because a URL may carry what is nobody's business. */
export async function nameOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return `statewire tabs ${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

export function checkKey(key: unknown): void {
  if (typeof key !== 'string' || key === '') throw new TransportError('bad_option', 'Option key must be some text.')
}
