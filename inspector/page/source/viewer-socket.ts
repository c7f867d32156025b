/**
 * The page's socket to the hub: opens, says its token, hears, comes back when it was lost.
 *
 * @module
 */
import type { Asked, HubMessage } from '../../protocol/messages.ts'
import type { SourceState } from '../store.ts'

export interface ViewerSocketOptions {
  /** Of the hub, `ws://127.0.0.1:4747/viewer`. */
  readonly url: string
  readonly token: string
  readonly onMessage: (message: HubMessage) => void
  readonly onState: (state: SourceState) => void
  /** Where the wait before the next attempt falls in its range, 0 to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

export interface ViewerSocket {
  ask(asked: Asked): void
  close(): void
}

const shortest = 500
const longest = 8_000

function isHubMessage(value: unknown): value is HubMessage {
  if (typeof value !== 'object' || value === null || !('app' in value) || typeof value.app !== 'string') return false
  return ('messages' in value && Array.isArray(value.messages)) || ('gone' in value && value.gone === true)
}

function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return undefined
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

/** A hub that shuts the door with one of these will not open it next time: the token is wrong. */
function isRefusal(code: number): boolean {
  return code === 1008 || (code >= 4400 && code < 4500)
}

/** The address of the viewers' door of the hub that served a page. */
export function viewerAddress({ protocol, host }: Pick<Location, 'protocol' | 'host'>): string {
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/viewer`
}

/**
 * @example
 * const socket = viewerSocket({ url: viewerAddress(location), token, onMessage: store.apply, onState: (state) => (store.source.value = state) })
 */
export function viewerSocket({
  url,
  token,
  onMessage,
  onState,
  random = Math.random,
}: ViewerSocketOptions): ViewerSocket {
  let socket: WebSocket | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let attempt = 0
  /** What each app was last asked to keep telling: a hub that lost us has forgotten it. */
  const wants = new Map<string, Asked>()
  const leaving = new AbortController()
  const { signal } = leaving

  const wait = (): void => {
    onState('waiting')
    const range = Math.min(longest, shortest * 2 ** attempt)
    attempt += 1
    retry = setTimeout(open, range / 2 + (random() * range) / 2)
  }
  const open = (): void => {
    if (attempt === 0) onState('connecting')
    const made = new WebSocket(url)
    socket = made
    made.addEventListener(
      'open',
      () => {
        made.send(JSON.stringify({ token }))
        for (const asked of wants.values()) made.send(JSON.stringify(asked))
        onState('open')
      },
      { signal },
    )
    made.addEventListener(
      'message',
      ({ data }) => {
        attempt = 0
        const message = parsed(data)
        if (isHubMessage(message)) onMessage(message)
      },
      { signal },
    )
    made.addEventListener('close', ({ code }) => (isRefusal(code) ? onState('refused') : wait()), { signal })
  }
  open()
  return {
    ask(asked) {
      if (asked.asked.kind === 'want') wants.set(asked.app, asked)
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(asked))
    },
    close() {
      leaving.abort()
      clearTimeout(retry)
      socket?.close()
    },
  }
}
