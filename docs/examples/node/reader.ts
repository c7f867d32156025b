/**
 * Reads a room in Node: one loop, through whatever happens to the connection.
 *
 * @module
 */
import { DurableTransport } from 'statewire/vanilla'
import { type Conversation, emptyConversation, piece, withPieces } from '../conversation.ts'

export interface ReaderOptions {
  readonly url: string
  /** Where it prints. */
  readonly write: (text: string) => void
  /** Called after each piece; `true` ends the reading. */
  readonly isOver: (conversation: Conversation) => boolean
}

/** Prints what is said in the room. Resolves with all of it. */
export async function readRoom({ isOver, url, write }: ReaderOptions): Promise<Conversation> {
  const room = new DurableTransport({ url, incoming: piece })
  room.on('connected', ({ protocol }) => write(`\n  [connected over ${protocol}]\n`))
  room.on('reconnecting', ({ delay }) => write(`\n  [the line is lost, next try in ${Math.round(delay)} ms]\n`))
  let conversation = emptyConversation
  const messages = room[Symbol.asyncIterator]()
  await room.connect()
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    const { data } = next.value
    if (data.index === 0) write(data.role === 'user' ? '\n> ' : '\n')
    write(data.text)
    if (data.end !== undefined) write('\n')
    conversation = withPieces(conversation, [data])
    if (isOver(conversation)) room.close()
  }
  return conversation
}
