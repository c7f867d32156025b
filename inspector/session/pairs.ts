/**
 * An event and the frame that carried it are told apart, the one by the chart and the other by the wire. To a reader they are one.
 *
 * @module
 */
import type { EventMessage, FrameMessage } from '../protocol/messages.ts'
import type { Session } from './session.ts'

/** What one call causes is told within this, in ms, on a slow machine too. */
const instant = 5

/** What a frame can be: an event with another name has no other half, and there are many of those. */
const kinds: ReadonlySet<string> = new Set<FrameMessage['what']>(['message', 'send', 'gap', 'error'])

interface Waiting<Arrow> {
  readonly entry: EventMessage | FrameMessage
  readonly arrow: Arrow
}

/** Whether an event has what a frame says in it. What nobody has asked for cannot speak against it, nor can a text that is cut. */
function carries(event: string | null | undefined, frame: string | null): boolean {
  if (event === null || event === undefined || frame === null) return true
  try {
    const { type: _, ...content }: { type?: unknown } = JSON.parse(event)
    const parts = Object.values(content)
    // A codec may have put something around it.
    return (
      parts.length === 0 || parts.some((part) => frame.includes(typeof part === 'string' ? part : JSON.stringify(part)))
    )
  } catch {
    return true
  }
}

/**
 * Finds for each event or frame, in the order they were told, the other half: of the same connection, at the same instant, the
 * event named after what the frame is (`send`, `message`). Halves that wait keep their order, as sends do.
 */
export class Pairs<Arrow> {
  readonly #session: Session
  readonly #app: string
  readonly #waiting = new Map<string, readonly Waiting<Arrow>[]>()

  constructor(session: Session, app: string) {
    this.#session = session
    this.#app = app
  }

  /** @returns the arrow of the other half, which has waited; or nothing, and this one waits from now on if it can have one. */
  match(entry: EventMessage | FrameMessage, arrow: Arrow): Arrow | undefined {
    const kind = entry.kind === 'event' ? entry.type : entry.what
    if (!kinds.has(kind)) return undefined
    const name = `${kind} ${entry.actor}`
    const waiting = (this.#waiting.get(name) ?? []).filter((half) => entry.t - half.entry.t <= instant)
    const found = waiting.find((half) => this.#belong(half.entry, entry))
    this.#waiting.set(
      name,
      found === undefined ? [...waiting, { entry, arrow }] : waiting.filter((half) => half !== found),
    )
    return found?.arrow
  }

  #belong(a: EventMessage | FrameMessage, b: EventMessage | FrameMessage): boolean {
    if (a.kind === 'frame') return b.kind === 'event' && a.direction === 'in' && this.#carries(b, a)
    return b.kind === 'frame' && this.#carries(a, b)
  }

  #carries(event: EventMessage, frame: FrameMessage): boolean {
    return carries(this.#session.payload(this.#app, event.seq), frame.text)
  }
}
