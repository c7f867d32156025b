/**
 * Lets a larger machine hear a connection's messages: an actor's emitted events do not reach its parent by themselves.
 *
 * @module
 */
import { type AnyActorRef, type CallbackActorLogic, type EventObject, fromCallback } from 'xstate'
import type { Message } from '../link.ts'
import { planeOf } from './planes.ts'

/**
 * Actor logic that a machine invokes with a connection as its input. Messages are gathered per microtask, so that a
 * network chunk of 500 messages costs the machine one event.
 *
 * @example
 * const chat = setup({ actors: { tokens: listenTo((messages) => ({ type: 'tokens', messages })) } }).createMachine({
 *   invoke: { src: 'tokens', input: ({ context }) => context.connection },
 *   on: { tokens: { actions: 'append' } },
 * })
 */
export function listenTo<Data = unknown>(
  toEvent: (messages: readonly Message<Data>[]) => EventObject,
): CallbackActorLogic<EventObject, AnyActorRef> {
  return fromCallback(({ input, sendBack }) => {
    let open = true
    let gathered: Message<Data>[] = []
    const flush = (): void => {
      const messages = gathered
      gathered = []
      if (open) sendBack(toEvent(messages))
    }
    const leave = planeOf(input).receive((message) => {
      if (gathered.length === 0) queueMicrotask(flush)
      gathered.push(message as Message<Data>)
    })
    return () => {
      open = false
      leave()
    }
  })
}
