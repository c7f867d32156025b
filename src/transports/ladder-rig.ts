/**
 * A stream over scripted carriers and a clock that stands still, for the tests of the ladder, where a moment decides.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { AppendAnswer, Deliver, DialRequest, Link, NumberedAppend } from '../link.ts'
import { simulatedClock } from '../testing/clock.ts'
import { HEADERS } from '../wire/names.ts'
import type { Reset } from './durable-gap.ts'
import type { DurableInput, DurableVia } from './durable-input.ts'
import { parsePlace } from './durable-position.ts'
import { openLadder } from './ladder.ts'
import { createLadderMemory } from './ladder-memory.ts'
import type { Carry } from './ladder-tap.ts'
import { recordedRequest } from './websocket-rig.ts'

/**
 * `works`: opens at once, and follows the stream. `hangs`: never answers. `mute`: its head comes, its body is held back.
 * A failure: what the opening ends with. A reset: what the server says about the place.
 */
export type Behaviour = 'works' | 'hangs' | 'mute' | TransportError | Reset

/** An open link of one carrier. */
export class ScriptedLink implements Link {
  readonly protocol: string
  readonly via: DurableVia
  readonly appendsAtOnce: number
  readonly appended: NumberedAppend[] = []
  readonly #stream: readonly unknown[]
  readonly #heard: () => void
  state: 'open' | 'closed' = 'open'
  /** Whether bytes come through. */
  mute: boolean
  ping?: () => void
  pings = 0
  #at: number
  #failure: TransportError | undefined
  #reader: { deliver: Deliver; resolve: (more: boolean) => void; reject: (failure: unknown) => void } | undefined

  constructor(
    via: DurableVia,
    stream: readonly unknown[],
    at: number,
    { heard, mute }: { heard: () => void; mute: boolean },
  ) {
    this.via = via
    this.protocol = `scripted:${via}`
    this.appendsAtOnce = via === 'websocket' ? 64 : 4
    this.#stream = stream
    this.#at = at
    this.#heard = heard
    this.mute = mute
    if (via === 'websocket') this.ping = () => void this.pings++
  }

  readonly read = (deliver: Deliver): Promise<boolean> =>
    new Promise((resolve, reject) => {
      this.#reader = { deliver, resolve, reject }
      // A stream server's first bytes come with the head, if nobody holds them back, and are heard when they are read.
      this.beat()
      this.flow()
    })

  readonly append = (append: NumberedAppend): Promise<AppendAnswer> => {
    this.appended.push(append)
    return Promise.resolve({ kind: 'stored' })
  }

  readonly close = (): void => {
    this.state = 'closed'
    this.die(new TransportError('aborted', 'Closed.'))
  }

  /** Hands over what the stream has, one record at a time. */
  flow(): void {
    const reader = this.#reader
    if (reader === undefined) return
    if (this.#failure === undefined && !this.mute && this.#at < this.#stream.length) this.#heard()
    while (this.#failure === undefined && !this.mute && this.#at < this.#stream.length) {
      const data = this.#stream[this.#at++]
      if (reader.deliver({ data, position: String(this.#at) })) continue
      this.#reader = undefined
      reader.resolve(true)
      return
    }
    if (this.#failure === undefined) return
    this.#reader = undefined
    reader.reject(this.#failure)
  }

  beat(): void {
    if (!this.mute && this.state === 'open') this.#heard()
  }

  die(failure: TransportError): void {
    this.#failure ??= failure
    this.flow()
  }
}

/** A ladder whose carriers behave as a test wants. */
export function ladderRig(rungs: readonly DurableVia[] = ['websocket', 'sse', 'ndjson', 'long-poll']) {
  const clock = simulatedClock()
  const memory = createLadderMemory({ now: clock.now, random: () => 0 })
  const stream: unknown[] = []
  const links: ScriptedLink[] = []
  const asked: { readonly via: DurableVia; readonly at: number; readonly position: string | null }[] = []
  const behaviour: Partial<Record<DurableVia, Behaviour>> = {}
  const input: DurableInput = { url: 'https://example.com/v1/stream/x', ladder: memory }

  const carry: Carry = async (via, told, request, { offset }) => {
    asked.push({ via, at: clock.now(), position: request.position })
    const does = behaviour[via] ?? 'works'
    if (does instanceof TransportError) throw does
    if (typeof does === 'object') return { reset: does }
    if (does === 'hangs') await hanging(request.signal)
    await rig.before()
    request.heard()
    const http = via !== 'websocket'
    const type = via === 'long-poll' ? rig.type : 'text/event-stream'
    const header = (name: string) => ({ [HEADERS.protocol]: '1', 'content-type': type })[name]
    if (http) await told.onAnswer?.({ status: 200, url: '', header, text: async () => '' })
    const link = new ScriptedLink(via, stream, Number(offset), { heard: request.heard, mute: does === 'mute' })
    links.push(link)
    return { link }
  }

  const rig = {
    clock,
    memory,
    /** Awaited by each opening. */
    before: () => Promise.resolve(),
    /** What a page says it is. */
    type: 'application/json',
    links,
    /** Every opening, in order. */
    asked,
    behaviour,
    vias: () => asked.map(({ via }) => via),
    open: () => links.filter(({ state }) => state === 'open').map(({ via }) => via),
    async dial(part: Partial<DialRequest> = {}) {
      const delay = (milliseconds: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, milliseconds))
      const request = recordedRequest({ position: '0', delay, ...part })
      const plan = { rungs, input, request, carry }
      const opened = openLadder(plan, parsePlace(request.position ?? '0'))
      opened.catch(() => undefined)
      // Whatever opens at once has opened then.
      await clock.advance(0)
      return { opened, request }
    },
    append(...records: unknown[]) {
      stream.push(...records)
      for (const link of links) link.flow()
    },
    beat() {
      for (const link of links) link.beat()
    },
  }
  return rig
}

export type LadderRig = ReturnType<typeof ladderRig>

/** Dials, and reads all that comes. */
export async function following(rig: LadderRig, part: Partial<DialRequest> = {}) {
  const { opened, request } = await rig.dial(part)
  const answer = await opened
  if (!('link' in answer)) throw new Error('The place was refused.')
  const { link } = answer
  const seen: unknown[] = []
  const ended = (async () => {
    while (
      await link.read(({ data }) => {
        if (data !== undefined) seen.push(data)
        return true
      })
    );
  })()
  ended.catch(() => undefined)
  await rig.clock.advance(0)
  return { link, seen, ended, request }
}

function hanging(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new TransportError('aborted', 'Given up.'))),
  )
}
