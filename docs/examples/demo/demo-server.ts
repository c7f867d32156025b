/**
 * The demo: our stream server, the page, and the faults, on one loopback port.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createStreamServer } from '../../../src/server/index.ts'
import { bundleInspector, bundlePage, type PageFile } from './bundle.ts'
import { Faults, faultNames, panelNames, panelOf } from './faults.ts'
import { LogFeed } from './log-feed.ts'
import { openPort } from './open-port.ts'
import { createSampler } from './telemetry.ts'

/** Ten records a second: fast enough that a hole would be seen, slow enough to be read. */
const samplePeriod = 100

/** A running demo. */
export interface Demo {
  /** Where the page is, with the port that was free. */
  readonly url: string
  /** Ends every connection and leaves no handle behind. */
  close(): Promise<void>
}

function policyFor(host: string): string {
  // Safari takes 'self' for the page's own scheme only, so that the WebSocket is named.
  const files = ['script-src', 'style-src', 'img-src', 'font-src'].map((kind) => `${kind} 'self'`)
  const sources = [...files, `connect-src 'self' ws://${host}`]
  return ["default-src 'none'", ...sources, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join(
    '; ',
  )
}

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/** Another page must not reach us under a name of its own (DNS rebinding), nor press our buttons. */
function isForeign(request: IncomingMessage): boolean {
  const { host = '', origin } = request.headers
  return !loopbackHost.test(host) || (origin !== undefined && origin !== `http://${host}`)
}

/** `null` for a target that is no URL, such as `//`. */
function urlOf(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? '/', 'http://demo.invalid')
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(text)
}

function inflict(faults: Faults, url: URL, response: ServerResponse): void {
  const panel = panelOf(url)
  const fault = faultNames.find((name) => name === url.searchParams.get('fault'))
  if (panel === null || fault === undefined) {
    answer(response, 400, `Name a panel (${panelNames.join(', ')}) and a fault (${faultNames.join(', ')}).\n`)
  } else answer(response, 200, `${faults.inflict(panel, fault)} sockets destroyed\n`)
}

/** Builds the inspector for the first who asks for it, and for all: nearly everybody comes for the demo alone. */
function inspectorOnDemand(): () => Promise<ReadonlyMap<string, PageFile>> {
  let building: Promise<ReadonlyMap<string, PageFile>> | undefined
  return () => {
    // One that failed is built again when the page is loaded again: somebody may have mended it.
    building ??= bundleInspector().catch((error: unknown) => {
      building = undefined
      throw error
    })
    return building
  }
}

/** Starts everything. @param port the first to try; 0 for any. */
export async function startDemo({ port }: { readonly port: number }): Promise<Demo> {
  const files = await bundlePage()
  const streams = createStreamServer({ allowAnonymous: true, autoCreate: true })
  const telemetry = streams.stream('telemetry')
  const room = streams.stream('room')
  const feed = new LogFeed([telemetry, room])
  const faults = new Faults()
  const sampler = createSampler()
  const inspector = inspectorOnDemand()

  const page = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    let file: PageFile | undefined
    try {
      file = (path.startsWith('/inspector/') ? await inspector() : files).get(path)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return answer(response, 500, `The inspector could not be built. Mend this, and load the page again.\n\n${why}\n`)
    }
    if (file === undefined) {
      answer(response, 404, 'There is nothing here.\n')
      return
    }
    response
      .writeHead(200, {
        'Content-Type': file.type,
        'Cache-Control': 'no-store',
        'Content-Security-Policy': policyFor(request.headers.host ?? ''),
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
      })
      .end(file.body)
  }
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isForeign(request)) return answer(response, 403, 'This demo answers its own page only.\n')
    const url = urlOf(request)
    if (url === null) return answer(response, 400, 'This is not a path.\n')
    const panel = panelOf(url)
    // The faults stand before the library's server, which is not told: to it and its client they are real.
    if (panel !== null && url.pathname.startsWith('/v1/') && !faults.admit(panel, request, response)) return
    if (await streams.handle(request, response)) return
    if (url.pathname === '/demo/fault' && request.method === 'POST') return inflict(faults, url, response)
    await page(request, response, url.pathname)
  }

  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, socket, head) => {
    // A peer that resets during the handshake would otherwise end the process.
    socket.on('error', () => socket.destroy())
    const url = urlOf(request)
    const panel = url && panelOf(url)
    if (isForeign(request)) socket.destroy()
    else if (panel !== null && !faults.admitUpgrade(panel, socket)) return
    else if (url?.pathname === '/demo/log') feed.serve(request, socket, head)
    else if (!streams.upgrade(request, socket, head)) socket.destroy()
  })

  const open = await openPort(server, port)
  let sampled = 0
  const pace = setInterval(() => void telemetry.append({ seq: ++sampled, ...sampler.sample() }), samplePeriod)
  return {
    url: `http://127.0.0.1:${open}`,
    async close() {
      clearInterval(pace)
      sampler.stop()
      feed.close()
      // First the streams say goodbye, then whatever keeps a connection alive is cut.
      await streams.close({ graceMs: 500 })
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
