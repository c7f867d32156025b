/**
 * Which stream a request means.
 *
 * @module
 */

import { STREAM_MOUNT } from '../wire/names.ts'

const SEGMENT = /^[A-Za-z0-9._~-]{1,128}$/
const MAX_SEGMENTS = 8
const MAX_PATH = 512

/** The base protocol keeps this first segment for itself. */
const RESERVED = '__ds'

/** A stream's path without escapes, or why there can be no such stream. */
export type ParsedPath =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'bad_path' }
  | { readonly kind: 'reserved' }

/** The part of a request target before the query. Absolute forms (`GET http://…`) are for proxies and stay whole. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

/** The query of a request target. */
export function queryOf(target: string): URLSearchParams {
  const query = target.indexOf('?')
  return new URLSearchParams(query === -1 ? '' : target.slice(query + 1))
}

/** Reads the path behind the mount, as it stands in a URL. */
export function parseStreamUrl(urlPath: string): ParsedPath {
  const segments = urlPath.slice(STREAM_MOUNT.length).split('/')
  const decoded: string[] = []
  for (const segment of segments) {
    const text = decode(segment)
    if (text === null) return { kind: 'bad_path' }
    decoded.push(text)
  }
  return checkSegments(decoded)
}

/** Reads a path that carries no escapes: the `s` of a WebSocket frame, or a name given in the process. */
export function parseStreamPath(path: string): ParsedPath {
  // Bounded before it is split: the text comes from a stranger.
  return path.length > MAX_PATH ? { kind: 'bad_path' } : checkSegments(path.split('/'))
}

/**
 * After decoding, so that `%2e%2e`, `%2F`, `%5C` and `%00` are judged as what they mean. The allowed characters need
 * no escape, hence a path has exactly one spelling.
 */
function checkSegments(segments: readonly string[]): ParsedPath {
  const path = segments.join('/')
  if (segments.length > MAX_SEGMENTS || path.length > MAX_PATH) return { kind: 'bad_path' }
  if (!segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..'))
    return { kind: 'bad_path' }
  return segments[0] === RESERVED ? { kind: 'reserved' } : { kind: 'path', path }
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}
