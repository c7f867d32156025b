/**
 * The two actors every protocol shares. They own what `fromPromise` and `fromCallback` leave open: a link that arrives
 * after its attempt is over, a latch against late events, a clean-up that also runs when something threw.
 *
 * @module
 */
import { fromCallback, fromPromise } from 'xstate'
import type { AuthorizeInput, DialInput, LinkInput } from '../../machines/connection-actors.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Dial, Link } from '../link.ts'
import { longestDelay } from './backoff.ts'
import type { Attempt, DataPlane } from './plane.ts'
import { planeOf } from './planes.ts'
import { renewal } from './renewal.ts'
import { checkInput, settingsOf } from './settings.ts'

/**
 * Never settles: XState would deliver an aborted dial's rejection to an actor that StrictMode has revived. A fresh one each
 * time, because a shared promise would remember everybody who ever waited for it.
 */
const never = (): Promise<never> => new Promise(() => {})

/** The `dial` actor of a protocol. */
export function dialActor<Input>(dial: Dial<Input>) {
  return fromPromise<Link, DialInput>(async ({ input, signal }) => {
    const plane = planeOf(input.connection)
    const attempt = plane.begin()
    try {
      checkInput(plane.input)
      const settings = settingsOf(plane.input)
      const link = await dial(
        plane.input as Input,
        plane.requestOf(attempt, signal, input.attempt, promised(settings.heartbeatInterval)),
      )
      return signal.aborted ? refuse(link) : keep(plane, link)
    } catch (error) {
      if (signal.aborted) return never()
      throw asTransportError(error)
    }
  })
}

/** The chart keeps "no heartbeat" as the longest delay; a dial is told `Infinity`. */
function promised(heartbeatInterval: number): number {
  return heartbeatInterval === longestDelay ? Number.POSITIVE_INFINITY : heartbeatInterval
}

function refuse(link: Link): Promise<never> {
  link.close()
  return never()
}

function keep(plane: DataPlane, link: Link): Link {
  // Inspectors and persisting walk events and inputs; a socket must never be in what they find.
  Object.defineProperty(link, 'toJSON', { value: () => ({ protocol: link.protocol }), configurable: true })
  plane.keep(link)
  return link
}

type LinkEvent = { readonly type: 'link.ended' } | { readonly type: 'link.lost'; readonly error: TransportError }

/** The `link` actor of every protocol: pumps messages in, drains the outbox, releases everything. */
export const linkActor = fromCallback<{ type: 'ping' }, LinkInput>(({ input, receive, sendBack }) => {
  const plane = planeOf(input.connection)
  const { attempt, link } = plane.take(input.link)
  let open = true
  const send = (event: LinkEvent): void => {
    if (open) sendBack(event)
  }
  receive(() => {
    try {
      plane.probe(link)
    } catch (error) {
      send({ type: 'link.lost', error: asTransportError(error) })
    }
  })
  // Who is paused does not read, and would never hear of it.
  void link.lost?.then((error) => send({ type: 'link.lost', error }))
  plane.sending.through(link)
  pump(plane, attempt, link).then(
    () => send({ type: 'link.ended' }),
    (error: unknown) => send({ type: 'link.lost', error: asTransportError(error) }),
  )
  return () => {
    open = false
    link.close(plane.farewell?.code, plane.farewell?.reason)
    plane.sending.through(null)
  }
})

/** Reads while messages are wanted; resolves at the protocol's own end, rejects when the link is lost. */
async function pump(plane: DataPlane, attempt: Attempt, link: Link): Promise<void> {
  const deliver = plane.deliverer(attempt)
  try {
    let more = true
    while (more && plane.isCurrent(attempt)) {
      await plane.wanted(attempt)
      more = await link.read(deliver)
    }
  } finally {
    // What is still being decoded, or waits for a resume, arrived before the end and is handed over before it.
    await plane.settled(attempt)
  }
}

/** The `authorize` actor: asks the app for a new credential, once. */
export const authorizeActor = fromPromise<unknown, AuthorizeInput>(async ({ input }) => {
  const { authorize } = planeOf(input.connection).input
  try {
    if (authorize !== undefined) await renewal(authorize)
  } catch (cause) {
    throw new TransportError('authorize_failed', 'The credential could not be renewed.', { cause })
  }
})
