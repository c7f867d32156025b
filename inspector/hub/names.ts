/**
 * From where a request may come: which names of the hub (`Host`) and which pages (`Origin`) are let in.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { networkInterfaces } from 'node:os'

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/

/** What a hub answers to. */
export interface HubNames {
  /** The name the request was sent to, with the port, if it is one of the hub's; `undefined` otherwise. */
  hostOf(request: IncomingMessage): string | undefined
  /** Whether it comes from the hub's own page. */
  isOwnPage(request: IncomingMessage): boolean
  /** Whether it comes from a program, a page of this machine or one that was allowed. A program has no `Origin`. */
  isApp(request: IncomingMessage): boolean
}

/**
 * @param host - where the hub listens. Beyond loopback its name is one more to answer to; `0.0.0.0` and `::` stand for all
 * addresses of this machine.
 * @param origins - origins of pages elsewhere that may tell what they do
 */
export function hubNames(host: string, port: number, origins: readonly string[]): HubNames {
  const names = new Set([...LOOPBACK, ...namesOf(host)].map((name) => `${name}:${port}`))
  const allowed = new Set(origins)

  function hostOf({ headers }: IncomingMessage): string | undefined {
    const name = headers.host?.toLowerCase() ?? ''
    // Browsers leave the scheme's own port out.
    const full = port === 80 && !/:\d+$/.test(name) ? `${name}:80` : name
    return names.has(full) ? name : undefined
  }

  return {
    hostOf,
    isOwnPage(request) {
      const name = hostOf(request)
      return name !== undefined && request.headers.origin === `http://${name}`
    },
    isApp({ headers: { origin } }) {
      return origin === undefined || LOOPBACK_ORIGIN.test(origin) || allowed.has(origin)
    },
  }
}

/** A host as it stands in a URL. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase()
}

function namesOf(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [inUrl(host)]
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return addresses.map(({ address }) => inUrl(address))
}

/** An address that means "every one of this machine" is none to connect to: one that others can reach stands for it. */
export function reachable(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}
