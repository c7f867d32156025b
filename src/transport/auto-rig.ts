/**
 * A log that is served as an event stream, as lines and as polls, a proxy in front of it, and connections of type `auto`: all on one
 * simulated clock, over real sockets.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import { stateOf } from '../../machines/connection.ts'
import { type Weather, weatherProxy } from '../../test/ladder/weather-proxy.ts'
import { httpRig, requestText } from '../../test/rigs/http-rig.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import { simulatedClock } from '../testing/clock.ts'
import { createLadderMemory } from '../transports/ladder-memory.ts'
import { turns } from '../transports/websocket-rig.ts'
import type { AutoInput } from './auto-input.ts'
import { logicOf } from './logic-of.ts'
import { selectTransport } from './selection.ts'
import { createSelectionMemory } from './selection-memory.ts'
// Code is loaded when it is wanted; here that would take longer than simulated seconds do.
import '../transports/http-stream.ts'
import '../transports/long-poll.ts'
import '../transports/post.ts'
import '../transports/sse.ts'
import '../transports/websocket.ts'
import './auto.ts'

/** A step of simulated time, in ms. A loopback hop through the proxy takes much less. */
const STEP = 100

/** How the origin answers a poll: as it should, not at all, or with the stream, as a server does that looks only at the path. */
type Polls = 'pages' | 'refused' | 'stream'

export interface AutoWorldOptions {
  readonly weather?: Partial<Weather>
  readonly polls?: Polls
  /** Sent first on each stream. Default: nothing. */
  readonly greeting?: string
}

/** The origin: one log, and every way to read it. */
async function logOrigin(polls: Polls, greeting: string) {
  const log: string[] = []
  const posted: string[] = []
  const followers = new Set<() => void>()
  const streams = new Set<ServerResponse>()
  const follow = (response: ServerResponse, look: () => void): void => {
    followers.add(look)
    response.on('close', () => followers.delete(look))
    look()
  }
  const stream = (
    response: ServerResponse,
    from: number,
    type: string,
    format: (text: string, id: number) => string,
  ) => {
    let next = from
    response.writeHead(200, { 'content-type': type })
    response.flushHeaders()
    if (greeting !== '') response.write(greeting)
    streams.add(response)
    follow(response, () => {
      for (; next < log.length; next++) response.write(format(log[next] ?? '', next + 1))
    })
  }
  const page = (response: ServerResponse, from: number): void =>
    follow(response, () => {
      if (response.writableEnded || log.length <= from) return
      response.writeHead(200, { 'content-type': 'application/json', 'stream-next-offset': String(log.length) })
      response.end(JSON.stringify(log.slice(from)))
    })
  const events = (response: ServerResponse, from: number): void =>
    stream(response, from, 'text/event-stream', (text, id) => `id: ${id}\ndata: ${text}\n\n`)
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'POST') {
      posted.push(await requestText(request))
      response.end()
      return
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://origin')
    if (pathname === '/lines') return stream(response, 0, 'application/x-ndjson', (text) => `${JSON.stringify(text)}\n`)
    if (searchParams.get('live') === 'sse') return events(response, Number(request.headers['last-event-id'] ?? 0))
    if (polls === 'stream') return events(response, 0)
    if (polls === 'pages') return page(response, Number(searchParams.get('offset') ?? 0))
    response.writeHead(404).end()
  }
  const rig = await httpRig((request, response) => void answer(request, response))
  return {
    ...rig,
    posted,
    append(...texts: string[]) {
      log.push(...texts)
      for (const follower of [...followers]) follower()
    },
    log,
    /** Ends the streams of this moment, as a server does that lets none live long. */
    endStreams() {
      for (const response of streams) response.end()
      streams.clear()
    },
  }
}

export async function autoWorld({ weather = {}, polls = 'pages', greeting = '' }: AutoWorldOptions = {}) {
  const clock = simulatedClock()
  const origin = await logOrigin(polls, greeting)
  const memory = createSelectionMemory({ now: clock.now })
  const ladder = createLadderMemory({ now: clock.now, random: () => 0 })
  const upstream = Number(new URL(origin.url).port)
  const proxy = await weatherProxy({ upstream, weather, wait: (act) => void clock.setTimeout(act, 1_000) })

  const connect = (given: Partial<AutoInput & ConnectionInput> = {}) => {
    const { type, dial, config } = selectTransport({
      url: `${proxy.url}/log?live=sse`,
      polling: { url: `${proxy.url}/log?live=long-poll` },
      memory,
      ladder,
      ...given,
    })
    const quick = { environment: false, retryBudget: 1_000_000, backoff: { base: 20, cap: 100 } } as const
    const input = { ...config, ...quick }
    const actor = createActor(logicOf(type, dial, input), { clock, input })
    const seen: unknown[] = []
    const protocols: string[] = []
    actor.on('message', ({ message }) => seen.push(message.data))
    actor.on('connected', ({ protocol }) => protocols.push(protocol))
    actor.start()
    actor.send({ type: 'connect' })
    onTestFinished(() => actor.send({ type: 'close' }))
    return { actor, seen, protocols, state: () => stateOf(actor.getSnapshot()) }
  }

  return {
    clock,
    connect,
    ladder,
    memory,
    origin,
    proxy,
    /** Lets so much time pass; each 100 ms of it the sockets get their turns, and `step` is called. */
    async travel(milliseconds: number, step: () => void = () => {}) {
      for (let passed = 0; passed < milliseconds; passed += STEP) {
        step()
        await clock.advance(STEP)
        await turns(12)
      }
    },
  }
}
