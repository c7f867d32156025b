/**
 * The link to a hub: `statewire inspect` on this machine.
 *
 * @module
 */
import { TransportError } from '../../src/errors.ts'
import type { StandardSocket } from '../../src/transports/socket.ts'
import { bounds } from '../protocol/bounds.ts'
import type { AppMessage } from '../protocol/messages.ts'
import { viewerMessage } from '../protocol/viewer-checks.ts'
import { Batch } from './batch.ts'
import type { InspectorLink } from './link.ts'
import { openLinkSocket } from './open-socket.ts'
import { viewersIn } from './viewers-in.ts'
import { Watching } from './watching.ts'

export interface WebSocketLinkOptions {
  /** The hub's address for apps, `ws://127.0.0.1:4700/app`, with or without the token in its query. */
  readonly url: string
  /** The hub's token for apps, where the address has none. */
  readonly token?: string | undefined
}

/** What waits while the first connection is being opened, so that an app's beginning is not lost. */
const mostWaiting = 4_000
/** A batch, in characters: with three bytes each it is still within `bounds.batchBytes`. */
const batchLength = bounds.batchBytes / 4

const firstPause = 250
const longestPause = 10_000

type State =
  | { readonly name: 'opening'; readonly socket: StandardSocket }
  | { readonly name: 'open'; readonly socket: StandardSocket }
  | { readonly name: 'pausing'; readonly timer: ReturnType<typeof setTimeout> }
  | { readonly name: 'closed' }

function addressOf({ token, url }: WebSocketLinkOptions): string {
  let address: URL
  try {
    address = new URL(url)
  } catch (cause) {
    throw new TransportError('bad_url', 'The address of an inspector must be a URL such as ws://127.0.0.1:4700/app.', {
      cause,
    })
  }
  if (!/^wss?:$/.test(address.protocol)) {
    throw new TransportError('bad_url', 'The address of an inspector must begin with ws: or wss:.')
  }
  if (token !== undefined) address.searchParams.set('token', token)
  return address.href
}

class WebSocketLink implements InspectorLink {
  readonly #address: string
  /** Until the first connection is open nobody knows whether somebody looks: everything is kept for that long. */
  readonly #watching = new Watching(true)
  readonly #batch = new Batch(mostWaiting, (messages) => this.#write(messages))
  #hello: AppMessage | null = null
  #state: State = { name: 'closed' }
  #failures = 0

  constructor(address: string) {
    this.#address = address
    this.#open()
  }

  get watched(): boolean {
    return this.#watching.watched
  }

  readonly listen = this.#watching.listen
  readonly onWatched = this.#watching.onWatched

  send(messages: readonly AppMessage[]): void {
    if (this.#state.name === 'closed') return
    // Said once at the beginning of each connection, whatever else is said again.
    const hello = messages.find(({ kind }) => kind === 'hello')
    const isFirst = this.#hello === null
    this.#hello = hello ?? this.#hello
    if (this.#state.name === 'open' && isFirst && hello !== undefined) this.#write([hello])
    const rest = hello === undefined ? messages : messages.filter((message) => message !== hello)
    if (rest.length === 0) return
    if (this.#state.name === 'open') this.#batch.add(rest, 'soon')
    else if (this.watched) this.#batch.add(rest, 'later')
  }

  close(): void {
    const state = this.#state
    if (state.name === 'open') this.#batch.flush()
    this.#state = { name: 'closed' }
    if (state.name === 'pausing') clearTimeout(state.timer)
    else if (state.name !== 'closed') state.socket.close()
    this.#batch.stop()
    this.#watching.end()
  }

  #open(): void {
    let socket: StandardSocket
    try {
      socket = openLinkSocket(this.#address)
    } catch {
      this.#pause()
      return
    }
    this.#state = { name: 'opening', socket }
    const isCurrent = (): boolean => 'socket' in this.#state && this.#state.socket === socket
    socket.addEventListener('open', () => {
      if (!isCurrent()) return
      this.#state = { name: 'open', socket }
      this.#failures = 0
      if (this.#hello !== null) this.#write([this.#hello])
      this.#batch.flush()
    })
    socket.addEventListener('message', ({ data }) => {
      if (isCurrent()) this.#hear(data)
    })
    // `close` always follows.
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', () => {
      if (isCurrent()) this.#pause()
    })
  }

  /** Nobody looks until a hub says so again. */
  #pause(): void {
    const pause = Math.min(longestPause, firstPause * 2 ** this.#failures) * (0.5 + Math.random() / 2)
    this.#failures += 1
    const timer = setTimeout(() => this.#open(), pause)
    if (typeof timer === 'object') timer.unref()
    this.#state = { name: 'pausing', timer }
    this.#batch.clear()
    this.#watching.set(false)
  }

  #hear(data: unknown): void {
    if (typeof data !== 'string') return
    let said: unknown
    try {
      said = JSON.parse(data)
    } catch {
      return
    }
    const viewers = viewersIn(said)
    const asked = viewerMessage(said)
    if (viewers !== undefined) this.#watching.set(viewers > 0)
    else if (asked !== undefined) this.#watching.ask(asked)
  }

  #write(messages: readonly AppMessage[]): void {
    if (this.#state.name !== 'open') return
    const { socket } = this.#state
    let texts: string[] = []
    let length = 0
    const put = (): void => {
      if (texts.length > 0) socket.send(`[${texts.join(',')}]`)
      texts = []
      length = 0
    }
    for (const message of roomFor(messages, socket.bufferedAmount)) {
      const text = JSON.stringify(message)
      if (length + text.length > batchLength) put()
      texts.push(text)
      length += text.length + 1
    }
    put()
  }
}

/** A hub that does not read is told of what is there, and not of everything that happens. */
function roomFor(messages: readonly AppMessage[], buffered: number): readonly AppMessage[] {
  if (buffered <= bounds.viewerBytes) return messages
  const kept = messages.filter(({ kind }) => kind !== 'event' && kind !== 'frame' && kind !== 'health')
  const last = messages.findLast((message) => 't' in message)
  const t = last !== undefined && 't' in last ? last.t : 0
  return [...kept, { kind: 'dropped', t, count: messages.length - kept.length }]
}

/**
 * Creates a link to a hub. It connects at once, connects again with growing pauses for as long as it is not closed, and keeps no
 * Node process alive.
 *
 * @throws TransportError `bad_url`
 * @example
 * attachInspector(chat, { link: webSocketLink({ url: 'ws://127.0.0.1:4700/app', token }) })
 */
export function webSocketLink(options: WebSocketLinkOptions): InspectorLink {
  return new WebSocketLink(addressOf(options))
}
