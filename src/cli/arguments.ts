/**
 * From `process.argv` to a command.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { allCommands, meantCommand } from './command-names.ts'
import { readCoverage } from './coverage-arguments.ts'
import type { CoverageOptions } from './coverage-options.ts'
import { readExport } from './export-arguments.ts'
import type { ExportOptions } from './export-options.ts'
import { readInspect } from './inspect-arguments.ts'
import type { InspectOptions } from './inspect-options.ts'
import { isVia, type TailOptions, type Via, vias } from './options.ts'
import { readServe } from './serve-arguments.ts'
import type { ServeOptions } from './serve-options.ts'
import { parseOptions, usage, wholeNumber } from './usage.ts'

export type Command =
  | { readonly name: 'help'; readonly of: 'tail' | 'export' | 'serve' | 'inspect' | 'coverage' }
  | { readonly name: 'serve'; readonly options: ServeOptions }
  | { readonly name: 'inspect'; readonly options: InspectOptions }
  | { readonly name: 'export'; readonly options: ExportOptions }
  | { readonly name: 'coverage'; readonly options: CoverageOptions }
  | { readonly name: 'version' }
  | { readonly name: 'tail'; readonly options: TailOptions }

const config = {
  allowPositionals: true,
  options: {
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd' },
    method: { type: 'string', short: 'X' },
    json: { type: 'boolean', short: 'j' },
    from: { type: 'string', short: 'f' },
    via: { type: 'string' },
    protocol: { type: 'string', multiple: true },
    'max-attempts': { type: 'string' },
    count: { type: 'string', short: 'n' },
    timeout: { type: 'string' },
    until: { type: 'string' },
    quiet: { type: 'boolean', short: 'q' },
    'no-color': { type: 'boolean' },
    insecure: { type: 'boolean', short: 'k' },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'V' },
  },
} as const

/** Reads the arguments after the command's own name. Throws `bad_option` or `bad_url`. */
export function readCommand(argv: readonly string[]): Command {
  // Each command has options of its own, and a global one is not worth the confusion: `serve` comes first or not at all.
  if (argv[0] === 'serve') {
    const options = readServe(argv.slice(1))
    return options === null ? { name: 'help', of: 'serve' } : { name: 'serve', options }
  }
  if (argv[0] === 'inspect') {
    const options = readInspect(argv.slice(1))
    return options === null ? { name: 'help', of: 'inspect' } : { name: 'inspect', options }
  }
  if (argv[0] === 'export') {
    const options = readExport(argv.slice(1))
    return options === null ? { name: 'help', of: 'export' } : { name: 'export', options }
  }
  if (argv[0] === 'coverage') {
    const options = readCoverage(argv.slice(1))
    return options === null ? { name: 'help', of: 'coverage' } : { name: 'coverage', options }
  }
  const { values, positionals } = parseOptions({ ...config, args: joined(argv) })
  if (values.help === true) return { name: 'help', of: 'tail' }
  if (values.version === true) return { name: 'version' }
  const [name, address, ...rest] = positionals
  if (name === undefined) throw usage(`A command is missing; there are ${allCommands()}.`)
  if (name !== 'tail') throw usage(unknownCommand(name))
  if (address === undefined) throw usage('statewire tail needs a URL.')
  if (rest.length > 0) throw usage('statewire tail takes one URL; quote an address that holds spaces, ? or &.')
  const options: TailOptions = {
    url: urlOf(address),
    via: viaOf(values.via),
    headers: (values.header ?? []).map(headerOf),
    data: values.data,
    method: values.method,
    json: values.json ?? false,
    from: values.from,
    protocols: values.protocol ?? [],
    maxAttempts: wholeNumber('--max-attempts', values['max-attempts'], 0),
    count: wholeNumber('--count', values.count, 1),
    connectTimeout: milliseconds('--timeout', values.timeout),
    until: values.until,
    quiet: values.quiet ?? false,
    color: !(values['no-color'] ?? false),
    insecure: values.insecure ?? false,
  }
  checkTogether(options)
  return { name: 'tail', options }
}

/** Whether the options ask for a WebSocket, by scheme or by name. */
export function isWebSocket({ url, via }: Pick<TailOptions, 'url' | 'via'>): boolean {
  return via === 'websocket' || url.protocol === 'ws:' || url.protocol === 'wss:'
}

/** `--from -1` is the beginning of a stream, and `parseArgs` would take the `-1` for an option. */
function joined(argv: readonly string[]): string[] {
  const args: string[] = []
  for (const argument of argv) {
    const before = args.at(-1)
    if (argument === '-1' && (before === '--from' || before === '-f')) args[args.length - 1] = '--from=-1'
    else args.push(argument)
  }
  return args
}

function unknownCommand(typed: string): string {
  const meant = meantCommand(typed)
  return meant === undefined
    ? `Unknown command; there are ${allCommands()}.`
    : `Unknown command; did you mean statewire ${meant}? There are ${allCommands()}.`
}

function urlOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^(?:http|ws)s?:$/.test(url.protocol)) {
    throw new TransportError('bad_url', 'The URL must begin with http://, https://, ws:// or wss://.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new TransportError('bad_url', "Leave user and password out of the URL: use --header 'Authorization: …'.")
  }
  url.hash = ''
  return url
}

function viaOf(text: string | undefined): Via | undefined {
  if (text === undefined || isVia(text)) return text
  throw usage(`Option --via is one of ${vias.join(', ')}.`)
}

function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(':')
  if (colon < 1) throw usage("Option --header is written --header 'Name: value'.")
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
}

/** Longer than a day is a typing mistake, and above 2^31 ms a timer would fire at once. */
function milliseconds(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds >= 0.001 && seconds <= 86_400) return Math.round(seconds * 1000)
  throw usage(`Option ${name} must be a number of seconds, at most 86400.`)
}

function checkTogether(options: TailOptions): void {
  const { from, method, protocols, url, via } = options
  if (isWebSocket(options)) {
    if (via !== undefined && via !== 'websocket') throw usage(`Option --via ${via} needs an http or https URL.`)
    if (from !== undefined) throw usage('Option --from has no meaning on a WebSocket: it has no positions.')
    if (method !== undefined) throw usage('Option --method has no meaning on a WebSocket.')
  } else if (protocols.length > 0) {
    throw usage('Option --protocol needs a WebSocket: a ws or wss URL, or --via websocket.')
  }
  if (options.data !== undefined && (via === 'durable' || via === 'long-poll')) {
    throw usage(`Option --via ${via} reads by GET, so that --data cannot be sent.`)
  }
  if (url.protocol === 'http:' && options.insecure) throw usage('Option --insecure needs an https or wss URL.')
}
