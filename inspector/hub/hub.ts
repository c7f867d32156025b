/**
 * The hub: a server on this machine where apps tell what they do and pages look at it. Nothing leaves the machine, nothing is
 * written to disk.
 *
 * @module
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '../../src/server/clock.ts'
import { isLoopback } from '../../src/server/security/address.ts'
import { createDoors, type Doors } from './doors.ts'
import { createExchange } from './exchange.ts'
import { hubNames, inUrl, reachable } from './names.ts'
import { pageFiles } from './page-files.ts'
import { keepPulse } from './pulse.ts'
import { fragmentOf, type HubTokens, newTokens } from './tokens.ts'

/** How long sockets are given to answer the close of the hub, in ms. */
const GRACE = 1_000

export interface HubOptions {
  /** Directory of the page's static files, with an `index.html`. */
  readonly page: string
  /** Default 0: any free one. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`, and `::1` on the same port where that works. Anything but loopback opens the hub to others. */
  readonly host?: string | undefined
  /** Origins of pages that may tell what they do and hold the page in a frame for it, beside those of this machine: `https://app.example`. */
  readonly origins?: readonly string[] | undefined
  /** Default new random ones. */
  readonly tokens?: HubTokens | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
}

export interface Hub {
  /** Of the page, with the tokens in its fragment, which no request carries. */
  readonly url: string
  /** For apps, with their token. */
  readonly appUrl: string
  /** An address that leads to the page once, within half a minute: for a command line, which others on the machine can read. */
  openingUrl(): string
  close(): Promise<void>
}

/**
 * Starts to listen. Rejects with Node's error when the port cannot be had, or when the page cannot be read.
 *
 * @example
 * const hub = await startHub({ page: 'dist/inspector' })
 * console.log(hub.url, hub.appUrl)
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { host = '127.0.0.1', origins = [], tokens = newTokens(), clock = systemClock } = options
  const page = await pageFiles(options.page, origins)
  const server = await listening(options.port ?? 0, host)
  const { port } = server.address() as AddressInfo
  const servers = [server, ...(host === '127.0.0.1' ? await alsoOn('::1', port) : [])]
  const exchange = createExchange(tokens.viewer, clock)
  const doors = createDoors({ names: hubNames(host, port, origins), page, exchange, tokens, clock })
  for (const each of servers) each.on('request', doors.request).on('upgrade', doors.upgrade)
  const stopPulse = host === 'localhost' || isLoopback(host) ? () => undefined : keepPulse(doors.sockets, clock)
  const fragment = fragmentOf(tokens)
  const place = `${inUrl(reachable(host))}:${port}`
  return {
    url: `http://${place}/${fragment}`,
    appUrl: `ws://${place}/app?token=${tokens.app}`,
    openingUrl: () => `http://${place}${doors.openingPath()}`,
    close() {
      stopPulse()
      return closeAll(servers, doors)
    },
  }
}

function listening(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      // After it listens there is nothing to do about one: a client that could not be accepted comes again.
      server.on('error', () => undefined)
      resolve(server)
    })
  })
}

/** A machine without IPv6 is served by the other address alone. */
async function alsoOn(host: string, port: number): Promise<Server[]> {
  try {
    return [await listening(port, host)]
  } catch {
    return []
  }
}

async function closeAll(servers: readonly Server[], doors: Doors): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
  doors.close()
  const late = setTimeout(() => doors.terminate(), GRACE)
  for (const server of servers) server.closeAllConnections()
  await Promise.all(closed)
  clearTimeout(late)
}
