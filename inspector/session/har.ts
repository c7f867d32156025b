/**
 * The frames of an app as an HTTP Archive 1.2 with `_webSocketMessages`, as browsers write it: other tools can open that.
 *
 * @module
 */
import type { FrameMessage } from '../protocol/messages.ts'
import type { Session } from './session.ts'
import type { ActorView } from './view.ts'

/** RFC 6455 section 5.2: a frame of text. */
const textOpcode = 1

function dateOf(epoch: number, t: number): string {
  const date = new Date(epoch + t)
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString()
}

function messageOf({ direction, t, text }: FrameMessage, epoch: number): object {
  return {
    type: direction === 'in' ? 'receive' : 'send',
    time: (epoch + t) / 1_000,
    opcode: textOpcode,
    data: text ?? '',
  }
}

function bytes(frames: readonly FrameMessage[], direction: FrameMessage['direction']): number {
  return frames.reduce((sum, frame) => sum + (frame.direction === direction ? frame.bytes : 0), 0)
}

/** Where no address was told, the actor's name stands in its place. */
function addressOf(actor: ActorView | undefined, id: string): string {
  return actor?.connection?.url ?? `ws://connection.invalid/${encodeURIComponent(actor?.name ?? id)}`
}

function entryOf(url: string, frames: readonly FrameMessage[], epoch: number): object {
  const [first, last] = [frames[0]?.t ?? 0, frames.at(-1)?.t ?? 0]
  const nothing = { cookies: [], headers: [], headersSize: -1 }
  return {
    startedDateTime: dateOf(epoch, first),
    time: last - first,
    request: {
      method: 'GET',
      url,
      httpVersion: 'HTTP/1.1',
      queryString: [],
      bodySize: bytes(frames, 'out'),
      ...nothing,
    },
    response: {
      status: 101,
      statusText: 'Switching Protocols',
      httpVersion: 'HTTP/1.1',
      content: { size: bytes(frames, 'in'), mimeType: '' },
      redirectURL: '',
      bodySize: -1,
      ...nothing,
    },
    cache: {},
    timings: { send: -1, wait: -1, receive: last - first },
    _resourceType: 'websocket',
    _webSocketMessages: frames.map((frame) => messageOf(frame, epoch)),
  }
}

/**
 * All frames of an app with the texts that were told, one entry for each connection.
 *
 * @example
 * download(`${name}.har`, har(session, app))
 */
export function har(session: Session, app: string): string {
  const epoch = session.apps.find(({ key }) => key === app)?.epoch ?? 0
  const frames = new Map<string, FrameMessage[]>()
  for (const entry of session.entries(app)) {
    if (entry.kind !== 'frame' || (entry.what !== 'message' && entry.what !== 'send')) continue
    const ofActor = frames.get(entry.actor)
    if (ofActor === undefined) frames.set(entry.actor, [entry])
    else ofActor.push(entry)
  }
  const entries = [...frames].map(([actor, passed]) =>
    entryOf(addressOf(session.actor(app, actor, null), actor), passed, epoch),
  )
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'statewire', version: '1' }, entries } })
}
