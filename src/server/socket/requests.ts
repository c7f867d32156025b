/**
 * What one connection asks for, answered in the order in which it was asked.
 *
 * Appends do not wait for each other: a store that writes many at once would otherwise write one at a time. Their answers do.
 *
 * @module
 */

import type { ClientFrame, PublishFrame, ServerFrame } from '../../wire/frames.ts'

/** A frame, and the text it was read from. */
export interface Request<Frame extends ClientFrame = ClientFrame> {
  readonly frame: Frame
  readonly message: string
}

/** Begins an append, and resolves with its answer. Never rejects. */
export type BeginAppend = () => Promise<ServerFrame>

/** What does the work. */
export interface RequestServer {
  /** Finds out whether an append may be made, and where. Never rejects. */
  prepare(request: Request<PublishFrame>): Promise<BeginAppend>
  /** Answers anything else. Never rejects. */
  serve(frame: ClientFrame): Promise<void>
  transmit(frame: ServerFrame): void
  /** Another one has been answered. */
  answered(): void
  /** Something went wrong that nobody foresaw. */
  failed(error: unknown): void
}

/** Shared by all who wait for nothing. */
const NOTHING: Promise<void> = Promise.resolve()

export class Requests {
  readonly #server: RequestServer
  readonly #most: number
  readonly #waiting: Request[] = []
  /** Those that are being worked on. */
  #begun = 0
  /** Settled when all that have begun are answered. */
  #answers = NOTHING
  #state: 'idle' | 'busy' | 'over' = 'idle'

  /** @param most how many may be without an answer. */
  constructor(server: RequestServer, most: number) {
    this.#server = server
    this.#most = most
  }

  /** Whether no more should come for now. Those that come all the same are kept. */
  get full(): boolean {
    return this.#waiting.length + this.#begun >= this.#most
  }

  /** Whether nothing waits for an answer. */
  get isIdle(): boolean {
    return this.#waiting.length + this.#begun === 0
  }

  push(request: Request): void {
    if (this.#state === 'over') return
    this.#waiting.push(request)
    if (this.#state === 'idle') this.#run().catch((error: unknown) => this.#server.failed(error))
  }

  /** Begins nothing more. Resolves when what has begun is answered. */
  finish(): Promise<void> {
    this.#state = 'over'
    this.#waiting.length = 0
    return this.#answers
  }

  async #run(): Promise<void> {
    this.#state = 'busy'
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#begun++
      if (isAppend(next)) await this.#append(next)
      else await this.#serve(next)
    }
    if (this.#isOpen()) this.#state = 'idle'
  }

  async #append(request: Request<PublishFrame>): Promise<void> {
    // One chunk of the socket may hold more than are let in.
    if (this.#begun > this.#most) await this.#answers
    const begin = await this.#server.prepare(request)
    if (!this.#isOpen()) return
    const answer = begin()
    this.#answers = this.#answers.then(async () => {
      this.#server.transmit(await answer)
      this.#settle()
    })
  }

  async #serve({ frame }: Request): Promise<void> {
    await this.#answers
    if (!this.#isOpen()) return
    await this.#server.serve(frame)
    this.#settle()
  }

  #settle(): void {
    this.#begun--
    this.#server.answered()
  }

  #isOpen(): boolean {
    return this.#state !== 'over'
  }
}

function isAppend(request: Request): request is Request<PublishFrame> {
  return request.frame.t === 'pub'
}
