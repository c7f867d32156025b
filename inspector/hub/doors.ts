/**
 * Who gets in, and where: the page over HTTP, viewers at `/viewer`, apps at `/app`. Everything is refused that was sent to another
 * name than the hub's; sockets are refused to foreign pages.
 *
 * An app shows its token in `Authorization: Bearer …` or, as browsers cannot, in the address: `/app?token=…`. The hub keeps no log
 * that it could end in.
 *
 * @module
 */
import type { IncomingMessage, RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../src/server/clock.ts'
import { bounds } from '../protocol/bounds.ts'
import { admitApp } from './app-door.ts'
import type { Exchange } from './exchange.ts'
import { closeSoon } from './farewell.ts'
import type { HubNames } from './names.ts'
import type { PageFiles } from './page-files.ts'
import { closings, hangUp, type Refusal, refusals, refuse, standingHeaders } from './refusal.ts'
import { createTickets } from './tickets.ts'
import { fragmentOf, type HubTokens, isToken } from './tokens.ts'
import { admitViewer } from './viewer-door.ts'

/** The largest question of a viewer, in bytes. */
const QUESTION_BYTES = 16_384

/** Sockets at each door, those included that have not said yet who they are. */
const MOST_SOCKETS = 2 * bounds.apps

const OPENING = '/open/'

export interface DoorsOptions {
  readonly names: HubNames
  readonly page: PageFiles
  readonly exchange: Exchange
  readonly tokens: HubTokens
  readonly clock: Pick<Clock, 'now'>
}

export interface Doors {
  readonly request: RequestListener
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Apps and viewers, and who has not said yet which. */
  sockets(): Iterable<WebSocket>
  /** A path that leads to the page with its token, once. */
  openingPath(): string
  /** Says goodbye to all sockets. */
  close(): void
  /** Ends those that did not answer. */
  terminate(): void
}

interface Door {
  readonly sockets: WebSocketServer
  readonly admit: (socket: WebSocket) => void
}

export function createDoors({ names, page, exchange, tokens, clock }: DoorsOptions): Doors {
  const tickets = createTickets(clock.now)
  const app: Door = { sockets: socketsOf(bounds.batchBytes), admit: (socket) => admitApp(socket, exchange.apps) }
  const viewer: Door = {
    sockets: socketsOf(QUESTION_BYTES),
    admit: (socket) => admitViewer(socket, exchange.viewers),
  }

  const sockets = (): WebSocket[] => [...app.sockets.clients, ...viewer.sockets.clients]

  function doorFor(request: IncomingMessage): Door | Refusal {
    if (names.hostOf(request) === undefined) return refusals.host
    const url = urlOf(request)
    if (url?.pathname === '/viewer') return names.isOwnPage(request) ? viewer : refusals.origin
    if (url?.pathname !== '/app') return refusals.unknown
    if (!names.isApp(request)) return refusals.origin
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    return isToken(tokens.app, bearer ?? url.searchParams.get('token')) ? app : refusals.token
  }

  return {
    request(request, response) {
      const host = names.hostOf(request)
      if (host === undefined) return refuse(response, refusals.host)
      if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, refusals.method)
      const url = urlOf(request)
      if (url === undefined) return refuse(response, refusals.request)
      if (!url.pathname.startsWith(OPENING)) return page.answer(response, url, host)
      if (!tickets.use(url.pathname.slice(OPENING.length))) return refuse(response, refusals.unknown)
      response.writeHead(303, { ...standingHeaders, location: `/${fragmentOf(tokens)}` }).end()
    },
    upgrade(request, socket, head) {
      // Whoever leaves in the middle of it is nobody's failure.
      socket.on('error', () => undefined)
      const door = doorFor(request)
      if ('status' in door) return hangUp(socket, door)
      door.sockets.handleUpgrade(request, socket, head, (opened) => {
        if (door.sockets.clients.size <= MOST_SOCKETS) return door.admit(opened)
        opened.on('error', () => undefined)
        closeSoon(opened, closings.many)
      })
    },
    sockets,
    openingPath: () => `${OPENING}${tickets.issue()}`,
    close() {
      for (const socket of sockets()) socket.close(1001, 'hub_closed')
    },
    terminate() {
      for (const socket of sockets()) socket.terminate()
    },
  }
}

/** Compression would let a small frame become a large one, and nothing here crosses a slow network. */
function socketsOf(maxPayload: number): WebSocketServer {
  return new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload })
}

function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  return URL.canParse(url, 'http://hub') ? new URL(url, 'http://hub') : undefined
}
