/**
 * A chat in React: one hook for the connection, one for its messages.
 *
 * @module
 */
import '../style.css'
import { type FormEvent, StrictMode, useEffect, useMemo, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { TransportProvider, type UsedTransport, useDurable, useMessages } from 'statewire/react'
import { conversationOf, type Piece, piece, question } from '../conversation.ts'

type Room = UsedTransport<Piece, Piece>

/** Renders when the state of the connection changes, and for no token. */
function Chat({ name }: { readonly name: string }) {
  const room: Room = useDurable({ url: new URL(`/v1/stream/rooms/${name}`, location.href), incoming: piece })
  const renders = useRenders()
  return (
    <main className="chat">
      <header>
        <h1>
          statewire <small>React</small>
        </h1>
        <output className="pill" data-state={room.state} aria-label="Connection">
          {room.state}
        </output>
      </header>
      <Conversation room={room} chatRenders={renders} />
    </main>
  )
}

/** Renders once for each frame in which tokens came. */
function Conversation({ chatRenders, room }: { readonly room: Room; readonly chatRenders: number }) {
  const pieces = useMessages(room, { limit: 10_000, select: ({ data }) => data })
  const { lost, messages, received, repeated } = useMemo(() => conversationOf(pieces), [pieces])
  const renders = useRenders()
  const list = useRef<HTMLOListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new is at the end.
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [messages])
  return (
    <>
      <ol className="messages" ref={list} aria-label="Conversation" aria-live="polite">
        {messages.length === 0 && (
          <li className="empty">Ask something, and cut the line while the answer is on its way.</li>
        )}
        {messages.map(({ id, role, state, text }) => (
          <li key={id} data-role={role} data-state={state}>
            {text}
          </li>
        ))}
      </ol>
      <Question room={room} />
      <footer>
        <p className="counter">
          received <b>{received}</b> · lost <b>{lost}</b> · repeated <b>{repeated}</b> · renders <b>{renders}</b>, of
          the chat <b>{chatRenders}</b>
        </p>
        <button type="button" className="harm" data-does="cut" onClick={() => void fetch('/cut', { method: 'POST' })}>
          Cut the line
        </button>
      </footer>
    </>
  )
}

function Question({ room: { error, send, state } }: { readonly room: Room }) {
  const [text, setText] = useState('')
  const [refusal, setRefusal] = useState('')
  const ask = (event: FormEvent): void => {
    event.preventDefault()
    setText('')
    setRefusal('')
    // Resolves when the server has it, also where the line is cut meanwhile.
    send(question(text.trim())).catch((failure: Error) => setRefusal(failure.message))
  }
  return (
    <>
      <p className="trouble" role="alert">
        {state === 'error' ? error?.message : refusal}
      </p>
      <form onSubmit={ask}>
        <input
          value={text}
          onChange={({ target }) => setText(target.value)}
          maxLength={2_000}
          placeholder="Ask anything"
          aria-label="Ask anything"
        />
        <button type="submit" disabled={text.trim() === ''}>
          Send
        </button>
      </form>
    </>
  )
}

/** How often a component came to the page, this time included. Only to be shown: React says nothing of it by itself. */
function useRenders(): number {
  const before = useRef(0)
  useEffect(() => {
    before.current += 1
  })
  return before.current + 1
}

const name = new URLSearchParams(location.search).get('room') ?? 'react'
createRoot(document.querySelector('div') ?? document.body).render(
  <StrictMode>
    <TransportProvider>
      <Chat name={name} />
    </TransportProvider>
  </StrictMode>,
)
