/**
 * What the connection does, told on stderr in one line each. No line holds a header's value, a query or a payload.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import type { Gap } from '../link.ts'
import { printableLine } from './printable.ts'

export interface NarrationOptions {
  readonly write: (text: string) => void
  /** ANSI colours. */
  readonly color: boolean
  /** Only what went wrong for good, and warnings. */
  readonly quiet: boolean
  /** Milliseconds, from any beginning. */
  readonly now: () => number
}

/** The figures of a whole run. */
export interface Summary {
  readonly reason: string
  readonly received: number
  readonly reconnects: number
  readonly position: string | null
  /** The command that goes on from there. */
  readonly command: string | undefined
}

const styles = { dim: 2, red: 31, green: 32, yellow: 33 } as const

type Style = keyof typeof styles

/** What is told in spite of `--quiet`. */
const loud: ReadonlySet<string> = new Set(['error', 'gap', 'warning'])

export interface Narration {
  connecting(address: string): void
  connected(protocol: string, again: boolean, position: string | null): void
  reconnecting(attempt: number, delay: number, error: TransportError | null): void
  gap(gap: Gap): void
  paused(): void
  failed(error: TransportError): void
  warn(sentence: string): void
  closed(summary: Summary): void
}

/** Starts the clock that every line begins with. */
export function narrate({ write, color, quiet, now }: NarrationOptions): Narration {
  const began = now()
  const paint = (style: Style, text: string): string => (color ? `\x1b[${styles[style]}m${text}\x1b[0m` : text)
  const say = (style: Style, word: string, ...rest: string[]): void => {
    if (quiet && !loud.has(word)) return
    const time = paint('dim', elapsed(now() - began).padStart(8))
    // A single write: half a line must not meet somebody else's.
    write(`${time}  ${[paint(style, word), ...rest.map((part) => printableLine(part))].join(' · ')}\n`)
  }
  return {
    connecting: (address) => say('dim', 'connecting', address),
    connected(protocol, again, position) {
      say('green', 'connected', protocol, ...(again ? [continuation(position)] : []))
    },
    reconnecting(attempt, delay, error) {
      const reason = error === null ? [] : [reasonOf(error)]
      say('yellow', 'reconnecting', `try ${attempt + 1} in ${(delay / 1000).toFixed(1)} s`, ...reason)
    },
    gap: ({ reason, lost }) => say('red', 'gap', `${lost ?? 'an unknown number of'} messages are gone (${reason})`),
    paused: () => say('dim', 'paused', 'whoever reads stdout is slower than the server, which now waits'),
    failed: (error) => say('red', 'error', reasonOf(error)),
    warn: (sentence) => say('red', 'warning', sentence),
    closed({ reason, received, reconnects, position, command }) {
      const place = position === null ? [] : [`last position ${position}`]
      say('dim', 'closed', reason, `${received} received`, `${reconnects} reconnected`, ...place)
      if (command !== undefined && !quiet) write(`${' '.repeat(10)}go on with: ${command}\n`)
    },
  }
}

function continuation(position: string | null): string {
  if (position !== null) return `going on after ${position}`
  return 'this stream has no positions: messages may be missing or come twice'
}

function reasonOf(error: TransportError): string {
  return `${error.code}: ${error.message}`
}

/** `0.4 s`, `59.9 s`, `2:05`, `27:46:40`. */
export function elapsed(milliseconds: number): string {
  const tenths = Math.floor(milliseconds / 100)
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`
  const seconds = Math.floor(tenths / 10)
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}
