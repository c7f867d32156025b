/**
 * What operators and their machines ask: is it alive, may it get traffic, and what does it do. On a listener of its own,
 * which only they reach: figures tell strangers how busy you are.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { StoreReadiness } from '../stores/store.ts'
import type { Prometheus } from './prometheus.ts'

/** What is asked about. */
export interface AdminSource {
  readonly metrics: Pick<Prometheus, 'contentType' | 'text'>
  /** How the store is. */
  ready(): Promise<StoreReadiness>
  /** Whether the server is on its way out. */
  draining(): boolean
}

/** The body of `/readyz`. `state` is why. */
export interface Readiness {
  readonly ready: boolean
  readonly state: 'draining' | StoreReadiness['state']
}

/** A probe gives up after a second or a few; a store that hangs is one that cannot be used. */
const READY_WITHIN_MS = 1_000

/**
 * Answers `GET` and `HEAD` of `/healthz`, `/readyz` and `/metrics`. `false`, and nothing touched, for another path. Never rejects.
 *
 * @example
 * http.createServer((request, response) => server.admin(request, response)).listen(9464, '127.0.0.1')
 */
export async function handleAdmin(
  source: AdminSource,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const [path = ''] = (request.url ?? '').split('?')
  const answer = PATHS.get(path)
  if (answer === undefined) return false
  // A prober that goes away while we answer would otherwise end the process.
  response.on('error', () => {})
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    send(request, response, { status: 405, type: TEXT, body: 'Only GET and HEAD.\n' })
    return true
  }
  try {
    send(request, response, await answer(source))
  } catch {
    // What went wrong may name addresses and files: it is in the log, not here.
    send(request, response, { status: 500, type: TEXT, body: 'The figures could not be read.\n' })
  }
  return true
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

const TEXT = 'text/plain; charset=utf-8'

const PATHS: ReadonlyMap<string, (source: AdminSource) => Promise<Answer>> = new Map([
  // Nothing is looked at: a process that answers is alive, and one that is killed for its store's sake loses its readers.
  ['/healthz', async () => ({ status: 200, type: TEXT, body: 'ok\n' })],
  ['/readyz', readiness],
  ['/metrics', async ({ metrics }) => ({ status: 200, type: metrics.contentType, body: await metrics.text() })],
])

async function readiness(source: AdminSource): Promise<Answer> {
  const state = source.draining() ? 'draining' : await storeState(source)
  const body: Readiness = { ready: state === 'usable', state }
  return { status: body.ready ? 200 : 503, type: 'application/json', body: `${JSON.stringify(body)}\n` }
}

function storeState(source: AdminSource): Promise<StoreReadiness['state']> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('down'), READY_WITHIN_MS)
    const settle = (state: StoreReadiness['state']): void => {
      clearTimeout(timer)
      resolve(state)
    }
    source.ready().then(
      ({ state }) => settle(state),
      () => settle('down'),
    )
  })
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
