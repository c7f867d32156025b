/**
 * From the arguments behind `serve` to its options.
 *
 * @module
 */
import type { ServeOptions, StoreChoice } from './serve-options.ts'
import { parseOptions, usage, wholeNumber } from './usage.ts'

const config = {
  allowPositionals: true,
  options: {
    port: { type: 'string', short: 'p' },
    host: { type: 'string' },
    store: { type: 'string' },
    'allow-anonymous': { type: 'boolean' },
    'token-file': { type: 'string' },
    origin: { type: 'string', multiple: true },
    'admin-port': { type: 'string' },
    'auto-create': { type: 'boolean' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
} as const

const DEFAULT_PORT = 8080
const LARGEST_PORT = 65_535

/** The options; `null` when help was asked for. Throws `bad_option`. */
export function readServe(args: readonly string[]): ServeOptions | null {
  const { values, positionals } = parseOptions({ ...config, args: [...args] })
  if (values.help === true) return null
  if (positionals.length > 0) throw usage('statewire serve takes options only, no address.')
  const host = values.host ?? '127.0.0.1'
  if (host === '') throw usage('Option --host needs a name or an address.')
  return {
    port: wholeNumber('--port', values.port, 0, LARGEST_PORT) ?? DEFAULT_PORT,
    host,
    store: storeOf(values.store),
    access: accessOf(values['allow-anonymous'] ?? false, values['token-file']),
    origins: values.origin ?? [],
    adminPort: wholeNumber('--admin-port', values['admin-port'], 0, LARGEST_PORT),
    autoCreate: values['auto-create'] ?? false,
    tls: tlsOf(values['tls-cert'], values['tls-key']),
  }
}

function storeOf(text: string | undefined): StoreChoice {
  if (text === undefined || text === 'memory') return { kind: 'memory' }
  const path = /^file:(.+)$/s.exec(text)?.[1]
  if (path === undefined) throw usage('Option --store is memory or file:PATH.')
  return { kind: 'file', path }
}

/** Neither is a default: an open server has to be meant. */
function accessOf(anonymous: boolean, path: string | undefined): ServeOptions['access'] {
  if (anonymous && path !== undefined)
    throw usage('Options --allow-anonymous and --token-file exclude each other: give one of them.')
  if (anonymous) return { kind: 'anonymous' }
  if (path === undefined)
    throw usage('Who may come in? Give --token-file PATH, or --allow-anonymous to let everyone read and write.')
  return { kind: 'tokens', path }
}

function tlsOf(cert: string | undefined, key: string | undefined): ServeOptions['tls'] {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw usage('Options --tls-cert and --tls-key are given together.')
  return { cert, key }
}
