/**
 * The assistant of a room. It answers each question token by token at the speed of a person who types well; what it says is scripted, and
 * the same for the same seed.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerStream } from '../../src/server/index.ts'
import { type Piece, piece } from './conversation.ts'

export interface AssistantOptions {
  /** Which answers come, and in what rhythm. */
  readonly seed: number
  /** The mean pause between two tokens, in milliseconds. */
  readonly tokenMs: number
}

const sayings = [
  'Every token you see is a record in a stream on the server, and each has a position. When the line is cut, this page asks for what comes after the last one it has shown. So the sentence goes on where it stopped, with nothing missing and nothing said twice. Try it: cut the line while I am talking.',
  'I did not notice that you were gone. The answer is written into the room, not into your connection, so I keep talking whether anybody listens or not. When you are back you get all of it, in order.',
  'A connection is a statechart with six states: idle, connecting, connected, reconnecting, error and closed. The pill at the top of this page is simply the name of the one it is in. Nothing else on the page has to know about sockets.',
  'Messages never become machine events. They go past the chart, straight to those who listen, and so a component that shows the state renders when the state changes, and not two hundred times while I talk.',
]

export class Assistant {
  readonly #room: ServerStream
  readonly #tokenMs: number
  readonly #random: () => number
  readonly #leave: () => void
  readonly #over = new AbortController()
  #answering = new AbortController()
  #last: Promise<void> = Promise.resolve()
  #count: number

  constructor(room: ServerStream, { seed, tokenMs }: AssistantOptions) {
    this.#room = room
    this.#tokenMs = tokenMs
    this.#random = randomFrom(seed)
    this.#count = seed
    // Questions from before a restart were heard by the assistant of that time.
    this.#leave = room.subscribe((records) => {
      for (const { value } of records) this.#hear(value)
    })
  }

  /** Breaks off the answer of this moment; the room is told. */
  cancel(): void {
    this.#answering.abort()
  }

  /** Falls silent in the middle of a word, as a process that ends. */
  async stop(): Promise<void> {
    this.#leave()
    this.#over.abort()
    await this.#last
  }

  /** Whoever reaches this server may append anything: what is no question is not answered. */
  #hear(value: unknown): void {
    const heard = piece.safeParse(value)
    if (heard.success && heard.data.role === 'user') this.#last = this.#last.then(() => this.#answer(heard.data.id))
  }

  async #answer(answers: string): Promise<void> {
    this.#answering = new AbortController()
    const cancelled = this.#answering.signal
    const message = { id: crypto.randomUUID(), role: 'assistant', answers } as const
    const words = sayings[this.#count++ % sayings.length]?.match(/\S+\s*/g) ?? []
    let index = 0
    for (const text of words) {
      await this.#pause(text, AbortSignal.any([cancelled, this.#over.signal]))
      if (this.#over.signal.aborted) return
      if (cancelled.aborted) break
      const end = index === words.length - 1 ? ({ end: 'complete' } as const) : {}
      await this.#say({ ...message, index: index++, text, ...end })
    }
    if (index < words.length) await this.#say({ ...message, index, text: '', end: 'cancelled' })
  }

  async #say(said: Piece): Promise<void> {
    // A room that was deleted or closed meanwhile has nobody left to tell.
    await this.#room.append(said).catch(() => undefined)
  }

  async #pause(text: string, signal: AbortSignal): Promise<void> {
    const breath = /[.:]\s*$/.test(text) ? 4 : 1
    const pause = this.#tokenMs * breath * (0.5 + this.#random())
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** A linear congruential generator with the constants of Numerical Recipes: nothing here depends on its quality. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
