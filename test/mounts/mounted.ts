/**
 * The examples of `docs/examples/mount`, each running on a free port. They are programs: to import one is to start it.
 *
 * @module
 */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, vi } from 'vitest'
import type { StreamServer } from '../../src/server/index.ts'
import { bridged } from './fetch-bridge.ts'
import { ask, askHttp2 } from './peers.ts'

export interface Mounted {
  readonly url: string
  readonly streams: StreamServer
  /** Asks by the protocol the mount is there for. */
  readonly ask: typeof ask
}

export interface Mount {
  readonly name: string
  start(): Promise<Mounted>
}

export const mounts: readonly Mount[] = [
  { name: 'express', start: async () => running(await import('../../docs/examples/mount/express.ts')) },
  { name: 'fastify', start: async () => running(await import('../../docs/examples/mount/fastify.ts')) },
  { name: 'hono', start: startHono },
  { name: 'node-http', start: async () => running(await import('../../docs/examples/mount/node-http.ts')) },
  { name: 'node-http2', start: startHttp2 },
]

/** Starts a mount; it ends with the test file. */
export async function start(name: string): Promise<Mounted> {
  const mount = mounts.find((candidate) => candidate.name === name)
  if (mount === undefined) throw new Error(`There is no mount called ${name}.`)
  vi.stubEnv('PORT', '0')
  return mount.start()
}

interface Running {
  readonly server: Server | Http2SecureServer
  readonly streams: StreamServer
}

async function running({ server, streams }: Running, scheme = 'http', asking = ask): Promise<Mounted> {
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  afterAll(async () => {
    await streams.close({ spreadMs: 0, graceMs: 1 })
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `${scheme}://127.0.0.1:${port}`, streams, ask: asking }
}

/** On Node an app of Hono needs a bridge, and what upgrades is the bridge's server. */
async function startHono(): Promise<Mounted> {
  const { app, streams } = await import('../../docs/examples/mount/hono.ts')
  const server = createServer(bridged((request, info) => app.fetch(request, info)))
  server.on('upgrade', (request, socket, head) => streams.upgrade(request, socket, head) || socket.destroy())
  server.listen(0, '127.0.0.1')
  return running({ server, streams })
}

async function startHttp2(): Promise<Mounted> {
  const folder = await mkdtemp(join(tmpdir(), 'statewire-mount-'))
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keyType: 'ec' })
  const files = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') }
  await Promise.all([writeFile(files.TLS_CERT, cert), writeFile(files.TLS_KEY, key)])
  for (const [name, file] of Object.entries(files)) vi.stubEnv(name, file)
  const example = await import('../../docs/examples/mount/node-http2.ts')
  await rm(folder, { recursive: true })
  return running(example, 'https', askHttp2)
}
