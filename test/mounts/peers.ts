/**
 * Raw clients for whatever a server is mounted on: plain HTTP, TLS, HTTP/2 and WebSocket.
 *
 * @module
 */
import { once } from 'node:events'
import { type IncomingMessage, request as overHttp } from 'node:http'
import { connect } from 'node:http2'
import { request as overTls } from 'node:https'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

export interface Asked {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | Uint8Array | undefined
}

/** An answer that is read as it comes. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Everything so far. */
  text(): string
  /** Resolves with the text when it holds this; rejects when the answer ends without. */
  saw(what: string | RegExp): Promise<string>
  /** Resolves with everything when the answer has ended, cut or not. */
  ended(): Promise<string>
  close(): void
}

/** Something that emits an answer's text, and is its connection. */
interface Source {
  on(event: 'data', listener: (chunk: string) => void): unknown
  on(event: 'error' | 'close', listener: () => void): unknown
  setEncoding(encoding: 'utf8'): unknown
  destroy(): unknown
}

/** Asks over HTTP/1.1, by a connection of its own. */
export async function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  const send = url.startsWith('https:') ? overTls : overHttp
  const request = send(url, { method, headers, agent: false, rejectUnauthorized: false })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve)
    // After the answer, a refused upload ends in a reset.
    request.on('error', reject)
  })
  request.end(body)
  const answer = await answered
  return followed(answer, answer.statusCode ?? 0, answer.headers)
}

/** Asks over HTTP/2, by a session of its own. */
export async function askHttp2(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  const { origin, pathname, search } = new URL(url)
  const session = connect(origin, { rejectUnauthorized: false })
  session.on('error', () => {})
  onTestFinished(() => session.destroy())
  const stream = session.request({ ':method': method, ':path': pathname + search, ...headers })
  stream.end(body)
  const [{ ':status': status = 0, ...fields }] = await once(stream, 'response')
  return followed(stream, status, fields)
}

function followed(source: Source, status: number, headers: Answer['headers']): Answer {
  let text = ''
  let over = false
  const waiting = new Set<() => void>()
  const look = (): void => {
    for (const check of [...waiting]) check()
  }
  source.setEncoding('utf8')
  source.on('data', (chunk) => {
    text += chunk
    look()
  })
  source.on('error', () => {})
  source.on('close', () => {
    over = true
    look()
  })
  onTestFinished(() => void source.destroy())
  const when = (met: () => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!met() && !over) return
        waiting.delete(check)
        if (met()) resolve(text)
        else reject(new Error(`The answer ended too early: ${text.slice(-500)}`))
      }
      waiting.add(check)
      check()
    })
  return {
    status,
    headers,
    text: () => text,
    saw: (what) => when(() => (typeof what === 'string' ? text.includes(what) : what.test(text))),
    ended: () => when(() => over),
    close: () => void source.destroy(),
  }
}

/** A WebSocket of the sub-protocol, greeted. */
export interface FramedSocket {
  send(frame: object): void
  /** The next frame with this `t`, of those that have come and will. */
  next(type: string): Promise<Record<string, unknown>>
}

export async function openSocket(url: string): Promise<FramedSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, 'statewire.v1.json', {
    rejectUnauthorized: false,
  })
  const frames: Record<string, unknown>[] = []
  let wake = (): void => {}
  let end: Error | null = null
  const ended = (reason: string): void => {
    end ??= new Error(reason)
    wake()
  }
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)))
    wake()
  })
  socket.on('error', ({ message }) => ended(message))
  socket.on('close', (code) => ended(`closed with ${code}`))
  onTestFinished(() => socket.terminate())
  const next = async (type: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const frame = frames.find(({ t }) => t === type)
      if (frame !== undefined) {
        frames.splice(frames.indexOf(frame), 1)
        return frame
      }
      if (end !== null) throw end
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  const send = (frame: object): void => socket.send(JSON.stringify(frame))
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => resolve())
    socket.on('error', reject)
  })
  send({ t: 'hello', v: 1 })
  await next('welcome')
  return { send, next }
}
