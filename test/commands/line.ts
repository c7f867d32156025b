/**
 * One connection through the gate, and everything that can happen to it on its way.
 *
 * @module
 */
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

export interface LineListener {
  moved(): void
  /** The first bytes of the request are there. */
  asked(): void
  /** The client's socket is closed. */
  gone(): void
}

/**
 * `held`: nobody answers. `stalled`: the server's bytes wait at the gate. `vanished`: no packet comes any more, and what the client
 * says is lost. `over`: the server's side has ended; what the client makes of it is its own affair.
 */
export type LineState = 'held' | 'open' | 'stalled' | 'vanished' | 'over'

/** So many writes of an answer are torn apart; then it goes on in one piece. A flood of single bytes would take minutes. */
const mostPieces = 120

export class Line {
  state: LineState = 'held'
  requestLine = ''
  readonly #client: Socket
  readonly #listener: LineListener
  #upstream: Socket | null = null
  #early: Uint8Array[] = []
  #queue: Uint8Array[] = []
  #pumping = false
  #pieces: { readonly size: number; left: number } | null = null
  #left = Number.POSITIVE_INFINITY

  constructor(client: Socket, listener: LineListener) {
    this.#client = client
    this.#listener = listener
    client.setNoDelay(true)
    client.on('data', (chunk: Uint8Array) => this.#hear(chunk))
    client.on('end', () => this.#upstream?.destroy())
    client.on('close', () => {
      this.state = 'over'
      this.#queue = []
      this.#upstream?.destroy()
      listener.gone()
    })
  }

  /** The name in the request's query, `first` without one. */
  get who(): string {
    return /[?&]who=(\w+)/.exec(this.requestLine)?.[1] ?? 'first'
  }

  get isPost(): boolean {
    return this.requestLine.startsWith('POST')
  }

  get hasAsked(): boolean {
    return this.requestLine !== ''
  }

  /** Pieces on their way to the client that no fault holds back. */
  get queued(): number {
    return this.state === 'open' ? this.#queue.length : 0
  }

  /** Whether it is not what a healthy network would make of it. */
  get isSpoiled(): boolean {
    return this.state !== 'open' || this.#left !== Number.POSITIVE_INFINITY
  }

  get isSilent(): boolean {
    return this.state === 'stalled' || this.state === 'vanished'
  }

  connect(port: number): void {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#upstream = upstream
    this.state = 'open'
    for (const chunk of this.#early.splice(0)) upstream.write(chunk)
    upstream.on('data', (chunk: Uint8Array) => {
      this.#listener.moved()
      this.#queue.push(chunk)
      void this.#pump()
    })
    upstream.on('error', () => {})
    upstream.on('end', () => {
      this.#queue.push(new Uint8Array(0))
      void this.#pump()
    })
  }

  /** Answers in the server's stead, and ends. */
  answer(bytes: string): void {
    this.state = 'over'
    this.#client.end(bytes)
  }

  reset(): void {
    this.state = 'over'
    this.#upstream?.destroy()
    this.#client.resetAndDestroy()
  }

  /** FIN, in the middle of whatever was said. */
  finish(): void {
    this.state = 'over'
    this.#upstream?.destroy()
    this.#client.end()
  }

  stall(): void {
    this.state = 'stalled'
  }

  /** A cable pulled: what the client says gets nowhere, and nothing ever comes back. */
  vanish(): void {
    this.state = 'vanished'
    this.#upstream?.destroy()
  }

  goOn(): void {
    this.state = 'open'
    void this.#pump()
  }

  /** RST behind so many more bytes. */
  cutAfter(bytes: number): void {
    this.#left = bytes
  }

  /** Tears what comes into pieces of this size, characters and frames included. */
  split(size: number): void {
    this.#pieces = { size, left: mostPieces }
  }

  #hear(chunk: Uint8Array): void {
    this.#listener.moved()
    if (this.state === 'vanished' || this.state === 'over') return
    if (this.#upstream !== null) return void this.#upstream.write(chunk)
    this.#early.push(chunk)
    if (this.hasAsked) return
    this.requestLine = String(Buffer.from(chunk)).split('\r\n', 1)[0] ?? ''
    this.#listener.asked()
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    while (this.state === 'open' && this.#queue.length > 0) {
      const [chunk] = this.#queue
      if (chunk === undefined || chunk.length === 0) this.finish()
      else await this.#pass(chunk)
      this.#queue.shift()
      this.#listener.moved()
    }
    this.#pumping = false
  }

  async #pass(chunk: Uint8Array): Promise<void> {
    const whole = chunk.subarray(0, this.#left)
    this.#left -= whole.length
    for (let rest = whole; rest.length > 0; ) {
      const pieces = this.#pieces
      const size = pieces !== null && pieces.left-- > 0 ? pieces.size : rest.length
      if (!this.#client.destroyed) this.#client.write(rest.subarray(0, size))
      rest = rest.subarray(size)
      if (rest.length > 0) await turn()
    }
    if (this.#left > 0) return
    await new Promise<void>((resolve) => {
      if (this.#client.destroyed) resolve()
      else this.#client.write('', () => resolve())
    })
    this.reset()
  }
}
