/**
 * The log: what happened, without anything that somebody could use.
 *
 * @module
 */

import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** One line. There are no other fields, and none of them holds text that came from outside. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly level: LogLevel
  /** What happened: `admission.refused`. */
  readonly event: string
  /** The connection's name, which the server made up. */
  readonly conn?: string
  /** Who: the same text for the same principal, until the process ends. */
  readonly principal?: string
  /** Which stream, in the same way. */
  readonly path?: string
  /** Why: the code of a problem, a frame or a close reason. */
  readonly code?: string
  /** HTTP status, or close code of a WebSocket. */
  readonly status?: number
  readonly bytes?: number
  readonly records?: number
  readonly durationMs?: number
}

/** What an entry is made from. `principal` (its id) and `path` are hashed. */
export interface LogDetails {
  readonly conn?: string | undefined
  readonly principal?: string | null | undefined
  readonly path?: string | undefined
  readonly code?: string | undefined
  readonly status?: number | undefined
  readonly bytes?: number | undefined
  readonly records?: number | undefined
  readonly durationMs?: number | undefined
}

/** Writes entries. */
export interface Log {
  write(level: LogLevel, event: string, details?: LogDetails): void
}

/** Where entries go. What it throws is swallowed: a full disk is no reason to lose a connection, and there is nobody left to tell. */
export type LogSink = (entry: LogEntry) => void

/** Our own names. What does not look like one may be a stranger's text that lost its way. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** 96 bits: enough to tell principals apart, and nothing to find one by. */
const HASH_LENGTH = 16

/** A log into this sink; `undefined`: nothing is written, or even put together. */
export function logTo(sink: LogSink | undefined, clock: Clock): Log {
  if (sink === undefined) return { write() {} }
  // Of this process only: an id can be guessed, so a plain hash of one could be looked up.
  const key = randomBytes(32)
  const hash = (kind: string, text: string): string =>
    createHmac('sha256', key).update(`${kind}:${text}`).digest('base64url').slice(0, HASH_LENGTH)
  return {
    write(level, event, details = {}) {
      try {
        const entry = { time: clock.now(), level, event: nameOr(event, 'unnamed'), ...fieldsOf(details, hash) }
        // A sink that is an async function may reject, and would end the process.
        Promise.resolve(sink(entry)).catch(() => {})
      } catch {}
    },
  }
}

function fieldsOf(details: LogDetails, hash: (kind: string, text: string) => string): Partial<LogEntry> {
  const { conn, principal, path, code, status, bytes, records, durationMs } = details
  return {
    ...(conn === undefined ? {} : { conn: nameOr(conn, 'unnamed') }),
    ...(typeof principal === 'string' ? { principal: hash('principal', principal) } : {}),
    ...(typeof path === 'string' ? { path: hash('path', path) } : {}),
    ...(code === undefined ? {} : { code: nameOr(code, 'unnamed') }),
    ...numbersOf({ status, bytes, records, durationMs }),
  }
}

function numbersOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  const numbers = Object.entries(fields).filter((field): field is [string, number] => Number.isFinite(field[1]))
  return Object.fromEntries(numbers)
}

function nameOr(text: string, otherwise: string): string {
  return NAME.test(text) ? text : otherwise
}
