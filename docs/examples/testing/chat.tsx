/**
 * A chat in a few lines: what it shows depends on the state of its connection and on nothing else.
 *
 * @module
 */
import { useActorRef, useSelector } from '@xstate/react'
import { useEffect, useState } from 'react'
import type { Actor, ActorOptions, InputFrom } from 'xstate'
import { type ConnectionState, stateOf, webSocketConnection } from '../../../src/websocket.ts'

type Connection = Actor<typeof webSocketConnection>

export interface ChatProps {
  readonly input: InputFrom<typeof webSocketConnection>
  /** Time, for tests. Default: the real one. */
  readonly clock?: ActorOptions<typeof webSocketConnection>['clock']
  /** Hands out the actor, for tests. */
  readonly onConnection?: (connection: Connection) => void
}

/** What the status line says in each state. */
export const sentences: Readonly<Record<ConnectionState, string>> = {
  idle: 'Not connected',
  connecting: 'Connecting …',
  connected: 'Connected',
  reconnecting: 'Connection lost, trying again …',
  error: 'This did not work',
  closed: 'The chat is over',
}

export function Chat({ clock, input, onConnection }: ChatProps) {
  const connection = useActorRef(webSocketConnection, { input, ...(clock && { clock }) })
  const state = useSelector(connection, stateOf)
  const waiting = useSelector(connection, (snapshot) => snapshot.matches({ reconnecting: 'waiting' }))
  const [lines, setLines] = useState<readonly string[]>([])
  useEffect(() => onConnection?.(connection), [connection, onConnection])
  useEffect(() => {
    const subscription = connection.on('message', ({ message }) => setLines((all) => [...all, String(message.data)]))
    return () => subscription.unsubscribe()
  }, [connection])
  return (
    <main>
      <output>{sentences[state]}</output>
      {(state === 'idle' || state === 'error') && (
        <button type="button" onClick={() => connection.send({ type: 'connect' })}>
          Connect
        </button>
      )}
      {waiting && (
        <button type="button" onClick={() => connection.send({ type: 'retry' })}>
          Try now
        </button>
      )}
      <input aria-label="Message" disabled={state !== 'connected'} />
      <ul>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
          <li key={index}>{line}</li>
        ))}
      </ul>
    </main>
  )
}
