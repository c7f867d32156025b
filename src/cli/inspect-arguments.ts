/**
 * From the arguments behind `inspect` to its options.
 *
 * @module
 */
import type { InspectOptions } from './inspect-options.ts'
import { parseOptions, usage, wholeNumber } from './usage.ts'

const config = {
  allowPositionals: true,
  options: {
    port: { type: 'string', short: 'p' },
    host: { type: 'string' },
    open: { type: 'boolean' },
    'allow-origin': { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
  },
} as const

const LARGEST_PORT = 65_535

/** The options; `null` when help was asked for. Throws `bad_option`. */
export function readInspect(args: readonly string[]): InspectOptions | null {
  // What follows is a command line of its own, with options of its own.
  const split = args.indexOf('--app')
  const own = split === -1 ? args : args.slice(0, split)
  const { values, positionals } = parseOptions({ ...config, args: [...own] })
  if (values.help === true) return null
  if (positionals.length > 0)
    throw usage('statewire inspect takes options only; a program to start stands behind --app.')
  const host = values.host ?? '127.0.0.1'
  if (host === '') throw usage('Option --host needs a name or an address.')
  return {
    // Any free one: the address is new at each run anyway, as its token is.
    port: wholeNumber('--port', values.port, 0, LARGEST_PORT) ?? 0,
    host,
    open: values.open ?? false,
    origins: (values['allow-origin'] ?? []).map(originOf),
    app: split === -1 ? undefined : programOf(args.slice(split + 1)),
  }
}

function originOf(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text) return text
  throw usage('Option --allow-origin is a scheme and a host, such as https://app.example.')
}

function programOf([program, ...rest]: readonly string[]): [string, ...string[]] {
  if (program === undefined || program === '') throw usage('Option --app is followed by a program and its arguments.')
  return [program, ...rest]
}
