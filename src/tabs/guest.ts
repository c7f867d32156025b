/**
 * One follower, as its leader sees it: what it was sent, what it has taken, what it asks for.
 *
 * @module
 */
import { sizeOf } from '../codecs/size-of.ts'
import { asTransportError } from '../errors.ts'
import type { AppendAnswer, NumberedAppend, Outgoing } from '../link.ts'
import type { LeaderLine } from './channel.ts'
import { concernsAll, factsOf } from './error-facts.ts'
import type { Entry, FollowerFrame, LeaderFrame, WireAnswer } from './frames.ts'
import type { Ending, Hub, Listener } from './hub.ts'
import type { TabClock } from './platform.ts'

/** So much may be under way to a follower that has not said it took it: a frozen tab gathers no more than this. */
const WINDOW = { messages: 256, bytes: 1_048_576 }

/** The server's signs of life are passed on at most this often, in ms. */
const HEARD_EVERY = 200

export interface GuestOptions {
  readonly hub: Hub
  readonly line: LeaderLine
  readonly leader: string
  readonly clock: TabClock
  /** The number in the ring of the first entry it gets. */
  readonly next: number
  /** It is gone, or was sent away. */
  left(): void
}

/** What a frame says, beside who says it. */
type Said = LeaderFrame extends infer Frame ? (Frame extends LeaderFrame ? Omit<Frame, 'leader'> : never) : never

export class Guest implements Listener {
  readonly #options: GuestOptions
  /** The weight of each entry that it has not taken yet. */
  readonly #sizes: number[] = []
  #bytes = 0
  #taken = 0
  #next: number
  /** A sign of life is not repeated to who has not answered to the last: it may be frozen. */
  #answersHeard = true
  #heardAt = Number.NEGATIVE_INFINITY

  constructor(options: GuestOptions, position: string | null) {
    const { hub, line, next } = options
    const { link } = hub
    this.#options = options
    this.#next = next
    const appends = link.append === undefined ? 0 : (link.appendsAtOnce ?? 1)
    const abilities = {
      protocol: link.protocol,
      write: link.write !== undefined,
      ping: link.ping !== undefined,
      appends,
    }
    this.say({ type: 'welcome', abilities, position })
    line.listen((frame) => this.#hear(frame))
    hub.join(this)
    this.flush()
  }

  get wants(): boolean {
    return this.#sizes.length < WINDOW.messages && this.#bytes < WINDOW.bytes
  }

  flush(): void {
    const { hub } = this.#options
    const { ring } = hub
    if (this.#next < ring.start) {
      this.dismiss()
      return
    }
    const entries: Entry[] = []
    while (this.#next < ring.end && this.wants) {
      const entry = ring.at(this.#next++)
      if (entry === undefined) continue
      const size = 'gap' in entry ? 0 : sizeOf(entry.data)
      this.#sizes.push(size)
      this.#bytes += size
      entries.push(entry)
    }
    if (entries.length > 0) this.say({ type: 'entries', entries })
  }

  heard(): void {
    const now = this.#options.clock.now()
    if (!this.#answersHeard || now - this.#heardAt < HEARD_EVERY) return
    this.#answersHeard = false
    this.#heardAt = now
    this.say({ type: 'heard' })
  }

  end(ending: Ending): void {
    this.flush()
    const behind = this.#next < this.#options.hub.ring.end
    // Who has not got everything asks for the rest where it stands, and hears of the end there.
    if (ending.kind === 'left' || behind) this.say({ type: 'left' })
    else if (ending.kind === 'ended') this.say({ type: 'ended' })
    else if (concernsAll(ending.error)) this.say({ type: 'lost', error: factsOf(ending.error) })
    else this.say({ type: 'left' })
    this.#close()
  }

  /** It has to look for what it needs anew. */
  dismiss(): void {
    this.say({ type: 'left' })
    this.#close()
  }

  say(said: Said): void {
    const { line, leader } = this.#options
    line.post({ ...said, leader } as LeaderFrame)
  }

  #close(): void {
    const { hub, line, left } = this.#options
    hub.leave(this)
    line.close()
    left()
  }

  #hear(frame: FollowerFrame): void {
    const { hub, leader } = this.#options
    if (frame.leader !== leader) return
    this.#answersHeard = true
    switch (frame.type) {
      case 'taken':
        this.#credit(frame.count)
        break
      case 'probe':
        this.say({ type: 'here' })
        break
      case 'ping':
        // The answer is wanted now, however shortly the last sign of life was passed on.
        this.#heardAt = Number.NEGATIVE_INFINITY
        hub.link.ping?.()
        break
      case 'leave':
        this.#close()
        break
      case 'write':
        void this.#write(frame.id, frame.items)
        break
      case 'append':
        void this.#append(frame.id, frame.append)
    }
  }

  #credit(count: number): void {
    const taken = this.#sizes.splice(0, Math.max(0, count - this.#taken))
    this.#taken += taken.length
    for (const size of taken) this.#bytes -= size
    this.flush()
    this.#options.hub.stir()
  }

  async #write(id: number, items: readonly unknown[]): Promise<void> {
    const open = new Set(items.keys())
    const settle = (index: number, thrown?: unknown): void => {
      if (!open.delete(index)) return
      const error = thrown === undefined ? null : factsOf(asTransportError(thrown, 'send_failed', 'It was not sent.'))
      this.say({ type: 'settled', id, index, error })
    }
    const batch = items.map((data, index): Outgoing => ({ data, settle: (error) => settle(index, error) }))
    try {
      await this.#options.hub.write(batch)
    } catch (thrown) {
      for (const index of [...open]) settle(index, thrown ?? null)
    }
    this.say({ type: 'writable', id })
  }

  async #append(id: number, append: NumberedAppend): Promise<void> {
    try {
      this.say({ type: 'answered', id, answer: wireAnswer(await this.#options.hub.append(append)) })
    } catch (thrown) {
      this.say({ type: 'unanswered', id, error: factsOf(asTransportError(thrown)) })
    }
  }
}

function wireAnswer(answer: AppendAnswer): WireAnswer {
  return 'error' in answer ? { ...answer, error: factsOf(answer.error) } : answer
}
