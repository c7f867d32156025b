/**
 * Why a server cannot listen, in one sentence that says what to do.
 *
 * @module
 */
import { printableLine } from './printable.ts'
import type { ServeOptions } from './serve-options.ts'

/** Where it was to listen. Without an admin port there is only one to fail. */
export type Listening = Pick<ServeOptions, 'host' | 'port'> & Partial<Pick<ServeOptions, 'adminPort'>>

/** What Node adds to an error of the system. */
interface SystemError extends Error {
  readonly code?: string
  readonly port?: number
}

export function listenFailure(error: unknown, { host, port, adminPort }: Listening): string {
  const { code, message, port: failed }: SystemError = error instanceof Error ? error : new Error(String(error))
  const ofAdmin = adminPort !== undefined && adminPort !== 0 && failed === adminPort && adminPort !== port
  const option = ofAdmin ? '--admin-port' : '--port'
  const place = `Port ${failed ?? port} on ${ofAdmin ? '127.0.0.1' : host}`
  switch (code) {
    case 'EADDRINUSE':
      return `${place} is taken; choose another one with ${option}.`
    case 'EACCES':
      return `${place} is not open to this account; choose one above 1023 with ${option}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine; choose another one with --host.`
    default:
      return `It cannot listen: ${printableLine(message)}`
  }
}
