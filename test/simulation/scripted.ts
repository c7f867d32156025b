/**
 * A connection over a dial that a test answers by hand, on simulated time: each attempt and each link as the test wants it.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import type { ConnectionEmitted } from '../../machines/connection-types.ts'
import type { EnvironmentSignal } from '../../machines/environment-types.ts'
import { connection } from '../../src/connection/connection.ts'
import { createEnvironment, type SignalSource } from '../../src/connection/environment-source.ts'
import { outbox } from '../../src/connection/outbox.ts'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import { TransportError, type TransportErrorCode, type TransportErrorFacts } from '../../src/errors.ts'
import type { Deliver, Dial, DialRequest, Link, Outgoing } from '../../src/link.ts'
import { TimeLine } from './time-line.ts'

/** What a protocol's link can do. */
export type LinkKind = 'ping' | 'wait'

/** The peer's end of an open link. */
export class ScriptedLink {
  readonly link: Link
  /** When it was asked for a sign of life. */
  readonly pings: number[] = []
  /** What was given to it and not settled yet. */
  readonly written: Outgoing[] = []
  /** What it was told when it was released; `null` while it is open. */
  farewell: { readonly code: number | undefined } | null = null
  /** Called for each ping. */
  onPing: () => void = () => {}
  readonly #request: DialRequest
  #deliver: Deliver | null = null
  #finish: { resolve(more: boolean): void; reject(error: unknown): void } | null = null

  constructor(request: DialRequest, kind: LinkKind, now: () => number) {
    this.#request = request
    const ping = (): void => {
      this.pings.push(now())
      this.onPing()
    }
    this.link = {
      protocol: 'scripted',
      read: (deliver) => {
        this.#deliver = deliver
        return new Promise((resolve, reject) => {
          this.#finish = { resolve, reject }
        })
      },
      write: async (batch) => void this.written.push(...batch),
      ...(kind === 'ping' && { ping }),
      close: (code) => {
        this.farewell ??= { code }
      },
    }
  }

  /** Bytes arrive: a heartbeat. */
  hear(): void {
    this.#request.heard()
  }

  /** A message arrives. */
  deliver(data: unknown, position?: string): void {
    this.hear()
    this.#deliver?.({ data, position })
  }

  /** The link is lost. */
  lose(error: TransportError): void {
    this.#finish?.reject(error)
  }

  /** The protocol says that it is over. */
  end(): void {
    this.#finish?.resolve(false)
  }

  /** The transport has taken everything that was written. */
  settle(): void {
    for (const item of this.written.splice(0)) item.settle()
  }
}

interface Answer {
  resolve(link: Link): void
  reject(error: unknown): void
}

/** One attempt. It waits until the test opens or refuses it. */
export class Attempt {
  readonly at: number
  readonly request: DialRequest
  readonly #now: () => number
  readonly #answer: Answer

  constructor(at: number, request: DialRequest, now: () => number, answer: Answer) {
    this.at = at
    this.request = request
    this.#now = now
    this.#answer = answer
  }

  open(kind: LinkKind = 'ping'): ScriptedLink {
    const scripted = new ScriptedLink(this.request, kind, this.#now)
    this.#answer.resolve(scripted.link)
    return scripted
  }

  refuse(error: TransportError): void {
    this.#answer.reject(error)
  }
}

export interface ScriptedInput extends ConnectionInput {
  readonly url?: string | undefined
  readonly now: () => number
  readonly dialled: (attempt: Attempt) => void
}

const dial: Dial<ScriptedInput> = ({ dialled, now }, request) =>
  new Promise((resolve, reject) => dialled(new Attempt(now(), request, now, { resolve, reject })))

/** A request that may be repeated, and a POST that may not. */
export const scriptedConnection = connection(dial, { queue: outbox })
export const scriptedPost = connection(dial, { queue: outbox, repeatable: () => false })

/** One that loads the code for sending when it is first needed, in real time. */
export const receivingConnection = connection(dial)

export interface SimulationOptions {
  readonly time?: TimeLine | undefined
  readonly logic?: typeof scriptedConnection | undefined
  readonly snapshot?: unknown
  /** Answers each attempt at once. Without it attempts wait for the test. */
  readonly answer?: ((attempt: Attempt) => void) | undefined
  readonly url?: string | undefined
}

/** A started connection, and everything the test needs to be its network. */
export function simulate(given: ConnectionInput = {}, options: SimulationOptions = {}) {
  const { time = new TimeLine(), logic = scriptedConnection, snapshot, answer, url } = options
  const attempts: Attempt[] = []
  const now = (): number => time.now()
  const dialled = (attempt: Attempt): void => {
    attempts.push(attempt)
    answer?.(attempt)
  }
  // In the middle of the window, unless the test draws.
  const input: ScriptedInput = { random: () => 0.5, ...given, url, now, dialled }
  const actor = createActor(logic, { input, clock: time, snapshot } as { input: ScriptedInput })
  const said: ConnectionEmitted[] = []
  actor.on('*', (event) => said.push(event))
  onTestFinished(() => void actor.stop())
  actor.start()
  const last = (): Attempt => {
    const attempt = attempts.at(-1)
    if (attempt === undefined) throw new Error('Nothing was dialled yet.')
    return attempt
  }
  const accept = async (kind: LinkKind = 'ping'): Promise<ScriptedLink> => {
    const link = last().open(kind)
    await time.pass(0)
    return link
  }
  return {
    actor,
    time,
    attempts,
    said,
    last,
    /** Opens the attempt that waits. */
    accept,
    context: () => actor.getSnapshot().context,
    value: () => actor.getSnapshot().value,
    failure: () => actor.getSnapshot().context.failure?.code,
    /** Connects, and opens the first attempt. */
    async opened(kind: LinkKind = 'ping'): Promise<ScriptedLink> {
      actor.send({ type: 'connect' })
      await time.pass(0)
      return accept(kind)
    },
    /** Refuses the attempt that waits. */
    async refuse(error: TransportError): Promise<void> {
      last().refuse(error)
      await time.pass(0)
    },
    pass: (milliseconds: number) => time.pass(milliseconds),
  }
}

export type Simulation = ReturnType<typeof simulate>

/** A failure as a transport reports it. */
export function failure(code: TransportErrorCode, facts: TransportErrorFacts = {}): TransportError {
  return new TransportError(code, 'A scripted failure.', facts)
}

export const cut = failure('interrupted')
export const unauthorized = failure('http_status', { status: 401 })
export const forbidden = failure('http_status', { status: 403 })

/** An environment that says what the test says, on the same time. */
export function surroundings(time: TimeLine, now: ReturnType<SignalSource['current']> = visible) {
  let say: (signal: EnvironmentSignal) => void = () => {}
  let listening = 0
  const source: SignalSource = {
    current: () => now,
    listen(send) {
      say = send
      listening += 1
      return () => {
        listening -= 1
        say = () => {}
      }
    },
  }
  return {
    environment: createEnvironment(source, time),
    say: (signal: EnvironmentSignal) => say(signal),
    listening: () => listening,
  }
}

const visible = { network: 'online', page: 'visible' } as const
