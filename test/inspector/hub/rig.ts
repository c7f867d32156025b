/**
 * A hub under test, with apps and viewers that are plain sockets.
 *
 * @module
 */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { type Hub, type HubOptions, startHub } from '../../../inspector/hub/hub.ts'
import type { AppMessage, HubMessage, ViewerMessage } from '../../../inspector/protocol/messages.ts'
import { settle } from '../../../src/testing/settle.ts'

export interface HubUnderTest extends Hub {
  /** `http://127.0.0.1:port`. */
  readonly origin: string
  readonly port: number
  readonly viewerToken: string
}

/** A directory with a page of one line, gone after the test. */
export async function pageDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'statewire-page-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>page</title>')
  await writeFile(join(directory, 'main.js'), 'export {}')
  return directory
}

export async function hubUnderTest(options: Partial<HubOptions> = {}): Promise<HubUnderTest> {
  const hub = await startHub({ page: await pageDirectory(), ...options })
  onTestFinished(() => hub.close())
  const { origin, port, hash } = new URL(hub.url)
  const viewerToken = new URLSearchParams(hash.slice(1)).get('token') ?? ''
  return { ...hub, origin, port: Number(port), viewerToken }
}

export interface Peer {
  readonly socket: WebSocket
  /** What it was sent, parsed, in order. */
  readonly heard: readonly unknown[]
  readonly closed: Promise<number>
  send(value: unknown): void
}

/** Opens a socket; rejects with the status when it is refused. */
export async function peer(url: string, options: ClientOptions = {}): Promise<Peer> {
  const socket = new WebSocket(url, options)
  const heard: unknown[] = []
  onTestFinished(() => socket.terminate())
  // Also after it was refused: to terminate one that never opened is an error to ws.
  socket.on('error', () => undefined)
  socket.on('message', (data) => heard.push(JSON.parse(String(data))))
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)))
  socket.on('unexpected-response', (_request, response) => {
    response.resume()
    socket.emit('error', new Error(`refused with ${response.statusCode}`))
  })
  await once(socket, 'open')
  return { socket, heard, closed, send: (value) => socket.send(JSON.stringify(value), () => undefined) }
}

export interface TestViewer extends Peer {
  /** What was told of the app of this key, joined. */
  messagesOf(app: string): readonly AppMessage[]
  readonly keys: readonly string[]
  hasGone(app: string): boolean
  ask(app: string, asked: ViewerMessage): void
}

export async function viewer(hub: HubUnderTest): Promise<TestViewer> {
  const opened = await peer(`ws://127.0.0.1:${hub.port}/viewer`, { origin: hub.origin })
  opened.send({ token: hub.viewerToken })
  const told = (): readonly HubMessage[] => opened.heard as readonly HubMessage[]
  return {
    ...opened,
    get keys() {
      return [...new Set(told().map(({ app }) => app))]
    },
    messagesOf: (app) => told().flatMap((told) => (told.app === app && 'messages' in told ? told.messages : [])),
    hasGone: (app) => told().some((told) => told.app === app && 'gone' in told),
    ask: (app, asked) => opened.send({ app, asked }),
  }
}

/** An app that has said hello. */
export async function app(hub: HubUnderTest, name = 'app', more: readonly AppMessage[] = []): Promise<Peer> {
  const opened = await peer(hub.appUrl)
  opened.send([helloOf(name), ...more])
  return opened
}

export function helloOf(name: string): AppMessage {
  return { kind: 'hello', protocol: 1, name, runtime: 'node', epoch: 1_700_000_000_000 }
}

export function actorOf(actor: string, value: unknown = 'idle', t = 0): AppMessage {
  const facts = { name: actor, parent: null, logic: 'machine', definition: 'd1', status: 'active' } as const
  return { kind: 'actor', t, actor, ...facts, value, tags: [], waits: [] }
}

export function eventOf(seq: number, actor = 'a', type = 'tick'): AppMessage {
  return { kind: 'event', seq, t: seq, actor, source: null, type }
}

export function stepOf(seq: number, value: unknown, actor = 'a'): AppMessage {
  const facts = { taken: ['m.idle tick 0'], tags: ['online'], status: 'active' } as const
  return { kind: 'step', seq, t: seq, actor, because: seq - 1, value, ...facts }
}

/** Waits until the viewer has heard so many messages of the app. */
export async function heardOf(viewer: TestViewer, app: string, count: number): Promise<readonly AppMessage[]> {
  await settle(() => viewer.messagesOf(app).length >= count, {
    describe: () => `${viewer.messagesOf(app).length} of ${count} messages of ${app}`,
    timeout: 15_000,
  })
  return viewer.messagesOf(app)
}
