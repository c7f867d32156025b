/**
 * The three places where a protocol is plugged into the connection chart. Unplugged, each says so in one sentence:
 * XState's own answer would be "Cannot read properties of undefined".
 *
 * @module
 */
import { type AnyActorRef, type CallbackActorLogic, fromCallback, fromPromise, type PromiseActorLogic } from 'xstate'
import type { Link } from '../src/link.ts'

/** What an attempt is told. No URL and no header: those stay in the data plane, where no inspector looks. */
export interface DialInput {
  readonly connection: AnyActorRef
  readonly position: string | null
  readonly attempt: number
}

export interface LinkInput {
  readonly connection: AnyActorRef
  readonly link: Link | undefined
}

export interface AuthorizeInput {
  readonly connection: AnyActorRef
}

function unplugged(name: string): Error {
  return new Error(`The connection chart has no "${name}" actor. Use connection(transport), or provide one yourself.`)
}

export const dialSource: PromiseActorLogic<Link, DialInput> = fromPromise(() => Promise.reject(unplugged('dial')))

export const linkSource: CallbackActorLogic<{ type: 'ping' }, LinkInput> = fromCallback(() => {
  throw unplugged('link')
})

export const authorizeSource: PromiseActorLogic<unknown, AuthorizeInput> = fromPromise(() =>
  Promise.reject(unplugged('authorize')),
)
