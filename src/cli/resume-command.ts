/**
 * The command that goes on where this one stopped.
 *
 * @module
 */
import type { TailOptions } from './options.ts'
import { isPrintable } from './printable.ts'

/** What stands in place of a header's value, a query or a body: they hold secrets, and stderr ends up in logs. */
const HIDDEN = '…'

/** The address without its query, fragment and user. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : `?${HIDDEN}`}`
}

/** The command line, for a POSIX shell; `…` stands for what is not shown. `undefined` where no command can be written down. */
export function resumeCommand(options: TailOptions, position: string): string | undefined {
  // Repeating a POST does again whatever it did, and an invisible character cannot be copied.
  if (options.data !== undefined || (options.method ?? 'GET').toUpperCase() !== 'GET' || !isPrintable(position))
    return undefined
  const words = ['statewire', 'tail', quoted(shownUrl(options.url)), ...flagsOf(options)]
  words.push(position.startsWith('-') ? quoted(`--from=${position}`) : `--from ${quoted(position)}`)
  return words.join(' ')
}

function flagsOf(options: TailOptions): string[] {
  const valued = (name: string, value: string | number | undefined): string[] =>
    value === undefined
      ? []
      : [String(value).startsWith('-') ? quoted(`${name}=${value}`) : `${name} ${quoted(String(value))}`]
  const switched = (name: string, on: boolean): string[] => (on ? [name] : [])
  return [
    ...options.headers.map(([name]) => `--header ${quoted(`${name}: ${HIDDEN}`)}`),
    ...valued('--via', options.via),
    ...valued('--max-attempts', options.maxAttempts),
    ...valued('--count', options.count),
    ...valued('--timeout', options.connectTimeout === undefined ? undefined : options.connectTimeout / 1000),
    ...valued('--until', options.until),
    ...switched('--json', options.json),
    ...switched('--quiet', options.quiet),
    ...switched('--no-color', !options.color),
    ...switched('--insecure', options.insecure),
  ]
}

/** A word the shell takes as it is, also when a server chose it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
