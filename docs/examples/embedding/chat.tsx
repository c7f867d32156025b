/**
 * The chat machine in React: `useActor`, and nothing that knows of connections.
 *
 * @module
 */
import { useActor } from '@xstate/react'
import { type FormEvent, useRef } from 'react'
import type { chatMachine } from './chat-machine.ts'

export interface ChatProps {
  /** A constant of its module: logic that is made while rendering is other logic on each render. */
  readonly machine: typeof chatMachine
  readonly url: string
  readonly orders: string
}

export function Chat({ machine, url, orders }: ChatProps) {
  const [snapshot, send] = useActor(machine, { input: { url, orders } })
  const input = useRef<HTMLInputElement>(null)
  const { conversation, line, trouble } = snapshot.context

  function submit(event: FormEvent): void {
    event.preventDefault()
    send({ type: 'submit', text: input.current?.value ?? '' })
  }

  return (
    <main className="chat">
      <header>
        <h1>Chat</h1>
        <output className="pill" data-state={line}>
          {line}
        </output>
      </header>
      <ol className="messages">
        {conversation.messages.map(({ id, role, state, text }) => (
          <li key={id} data-role={role} data-state={state}>
            {text}
          </li>
        ))}
      </ol>
      {snapshot.matches({ answering: 'failed' }) && <p className="trouble">{trouble}</p>}
      <form onSubmit={submit}>
        <input ref={input} name="text" aria-label="Ask anything" />
        <button type="submit" disabled={!snapshot.can({ type: 'submit', text: '…' })}>
          Send
        </button>
      </form>
      <footer>
        {snapshot.can({ type: 'cancel' }) && (
          <button type="button" onClick={() => send({ type: 'cancel' })}>
            Stop
          </button>
        )}
        {snapshot.can({ type: 'retry' }) && (
          <button type="button" onClick={() => send({ type: 'retry' })}>
            Try again
          </button>
        )}
      </footer>
    </main>
  )
}
