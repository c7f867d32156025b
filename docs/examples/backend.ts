/**
 * The server behind every example: rooms with an assistant in them, and a way to cut the line.
 *
 * | request | does |
 * | --- | --- |
 * | `/v1/stream/rooms/NAME`, `/v1/ws` | the room: a stream that everybody reads and may append a {@link Piece} to |
 * | `POST /rooms/NAME/prompt` `{ "text": "…" }` | appends a question, which the assistant answers. 202 with its id |
 * | `POST /rooms/NAME/cancel` | breaks off the answer of this moment |
 * | `POST /cut` | destroys every socket over which somebody reads a room |
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createStreamServer, type StreamStore } from '../../src/server/index.ts'
import { Assistant } from './assistant.ts'
import { question } from './conversation.ts'
import { Lines } from './lines.ts'

export interface BackendOptions {
  /** What the assistant says, and in what rhythm. Default 1. */
  readonly seed?: number | undefined
  /** The mean pause between two tokens, in milliseconds. Default 45. */
  readonly tokenMs?: number | undefined
  /** Where the rooms are kept. Default: in memory. */
  readonly store?: StreamStore | undefined
}

/** To be put behind an HTTP server. */
export interface Backend {
  /** `false`, and nothing touched, when the path is none of ours. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** How many sockets carry a room at this moment. */
  sockets(): number
  /** Destroys them. @returns how many there were. */
  cut(): number
  /** Says goodbye to every reader and leaves no handle behind. */
  close(): Promise<void>
}

/** More than a visitor opens, fewer than a loop would. */
const mostRooms = 64
const longestQuestion = 2_000

const orderPath = /^\/rooms\/([\w-]{1,64})\/(prompt|cancel)$/
const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

export function createBackend({ seed = 1, tokenMs = 45, store }: BackendOptions = {}): Backend {
  const streams = createStreamServer({
    allowAnonymous: true,
    store,
    // Asked over every carrier, and before it is looked whether the room is there.
    authorize: async (_principal, action, path) => {
      const [, name] = /^rooms\/([\w-]{1,64})$/.exec(path) ?? []
      return name !== undefined && action !== 'delete' && (await enter(name)) !== undefined
    },
  })
  const lines = new Lines()
  const assistants = new Map<string, Assistant>()

  /** A room is made by the first who asks for it. */
  async function enter(name: string): Promise<Assistant | undefined> {
    const known = assistants.get(name)
    if (known !== undefined || assistants.size === mostRooms) return known
    const room = streams.stream(`rooms/${name}`)
    const assistant = new Assistant(room, { seed, tokenMs })
    assistants.set(name, assistant)
    await room.create()
    return assistant
  }

  async function ask(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = textOf(await text(request))
    if (asked === null)
      return answer(response, 400, { error: `Send { "text": "…" }, at most ${longestQuestion} letters.` })
    const said = question(asked)
    await streams.stream(`rooms/${name}`).append(said)
    answer(response, 202, { id: said.id })
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = pathOf(request)
    if (path.startsWith('/v1/')) {
      if (request.method === 'GET') lines.hold(request.socket, response)
      return streams.handle(request, response)
    }
    const [, name = '', order] = orderPath.exec(path) ?? []
    if (path !== '/cut' && order === undefined) return false
    if (request.method !== 'POST' || isForeign(request)) answer(response, 403, { error: 'Only our own page may POST.' })
    else if (order === undefined) answer(response, 200, { cut: lines.cut() })
    else {
      const assistant = await enter(name)
      if (assistant === undefined) answer(response, 429, { error: 'There are rooms enough.' })
      else if (order === 'prompt') await ask(name, request, response)
      else {
        assistant.cancel()
        answer(response, 202, {})
      }
    }
    return true
  }

  return {
    handle: (request, response) =>
      respond(request, response).catch(() => {
        response.destroy()
        return true
      }),
    upgrade(request, socket, head) {
      if (pathOf(request) !== '/v1/ws') return false
      lines.hold(socket, socket)
      return streams.upgrade(request, socket, head)
    },
    sockets: () => lines.size,
    cut: () => lines.cut(),
    async close() {
      await Promise.all([...assistants.values()].map((assistant) => assistant.stop()))
      await streams.close({ spreadMs: 0, graceMs: 200 })
    },
  }
}

function pathOf(request: IncomingMessage): string {
  return URL.parse(request.url ?? '/', 'http://example.invalid')?.pathname ?? ''
}

/** Another page must not press our buttons, nor reach us under a name of its own. */
function isForeign({ headers: { host = '', origin } }: IncomingMessage): boolean {
  return !loopbackHost.test(host) || (origin !== undefined && origin !== `http://${host}`)
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(body))
}

function textOf(body: string): string | null {
  try {
    const { text: asked }: { text?: unknown } = JSON.parse(body)
    return typeof asked === 'string' && asked !== '' && asked.length <= longestQuestion ? asked : null
  } catch {
    return null
  }
}
