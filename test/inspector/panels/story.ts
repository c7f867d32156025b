/**
 * What an app with one connection tells: it connects, an answer of a model streams in, the link is lost and found again.
 *
 * @module
 */

import { type AppMessage, INSPECTOR_PROTOCOL } from '../../../inspector/protocol/messages.ts'
import { createSession, type Session } from '../../../inspector/session/session.ts'
import { connectionMachine } from '../../../machines/connection.ts'

const connection = 'x:1'
const manager = 'x:0'

/** Tells in order, with numbers and a clock of its own. */
class Teller {
  readonly messages: AppMessage[] = []
  #seq = 0
  #t = 1_000

  get seq(): number {
    return this.#seq
  }

  get t(): number {
    return this.#t
  }

  wait(milliseconds: number): this {
    this.#t += milliseconds
    return this
  }

  event(actor: string, type: string, source: string | null = null): this {
    this.messages.push({ kind: 'event', seq: ++this.#seq, t: this.#t, actor, source, type })
    return this
  }

  step(value: unknown, tags: readonly string[], taken: readonly string[] | null = null): this {
    const because = this.#seq
    const at = { seq: ++this.#seq, t: this.#t, actor: connection, because }
    this.messages.push({ kind: 'step', ...at, taken, value, tags, status: 'active' })
    return this
  }

  frame(text: string, position: string | null, direction: 'in' | 'out' = 'in'): this {
    const what = direction === 'in' ? 'message' : 'send'
    const at = { seq: ++this.#seq, t: this.#t, actor: connection }
    this.messages.push({ kind: 'frame', ...at, direction, what, bytes: text.length, position, text })
    return this
  }
}

const flowing = { connected: { flow: 'flowing', liveness: 'alive' } }

const delta = (content: string): string => JSON.stringify({ choices: [{ delta: { content } }] })

const answer = 'A statechart says what may happen next. Everything else is impossible, and that is the point of it.'

const question = '{"token":"•••• ≤32","text":"<img src=x onerror=alert(1)>"}'

export const secret = `{"type":"send","payload":${question},"tries":[1,2,3]}`

/** @returns a real session that was told the story; `chat-1` is its connection. */
export function tellStory(): {
  readonly session: Session
  readonly actor: string /** The `seq` of the event that sends. */
  readonly sent: number
} {
  const session = createSession()
  const tell = new Teller()
  tell.event(connection, 'xstate.init', manager).step('idle', [])
  tell.wait(20).event(connection, 'connect').step('connecting', ['pending'])
  tell.wait(180).event(connection, 'xstate.done.actor.dial', 'x:2').step(flowing, ['online'])
  tell.wait(40).event(connection, 'send')
  const sent = tell.seq
  tell.frame(question, null, 'out')
  tell.wait(420)
  for (const [index, word] of answer.split(/(?<= )/).entries()) {
    tell.wait(index === 7 ? 640 : 35).frame(delta(word), String(index + 1))
  }
  tell.wait(90).event(connection, 'link.lost', 'x:3').step({ reconnecting: 'waiting' }, ['degraded'])
  const lost = tell.t
  tell.wait(900).event(connection, 'xstate.after.backoff.connection.reconnecting.waiting', connection)
  tell.step({ reconnecting: 'dialing' }, ['degraded'])
  tell.wait(110).event(connection, 'xstate.done.actor.redial', 'x:4').step(flowing, ['online'])
  const actor = { kind: 'actor', t: 990, status: 'active', waits: [], tags: [] } as const
  session.apply({
    app: 'chat-web',
    messages: [
      {
        kind: 'hello',
        protocol: INSPECTOR_PROTOCOL,
        name: 'chat-web',
        runtime: 'browser',
        epoch: Date.UTC(2026, 1, 3, 10, 49, 17),
      },
      { kind: 'definition', hash: 'c', json: JSON.stringify(connectionMachine.config) },
      { ...actor, actor: manager, parent: null, name: 'manager', logic: 'machine', definition: null, value: 'active' },
      {
        ...actor,
        actor: connection,
        parent: manager,
        name: 'chat-1',
        logic: 'machine',
        definition: 'c',
        value: 'idle',
      },
      ...['x:2', 'x:3', 'x:4'].map((id) => ({
        ...actor,
        actor: id,
        parent: connection,
        name: id === 'x:3' ? 'link' : 'dial',
        logic: 'callback' as const,
        definition: null,
        value: null,
      })),
      ...tell.messages,
      {
        kind: 'health',
        t: tell.t,
        actor: connection,
        received: 1_204,
        sent: 3,
        queued: 2,
        attempt: 2,
        silence: 320,
        position: '18',
        failure: { code: 'network', message: `The link was lost at ${lost} ms` },
      },
      { kind: 'context', t: tell.t, actor: connection, text: secret },
      { kind: 'payload', seq: sent, text: secret },
    ],
  })
  return { session, actor: connection, sent }
}
