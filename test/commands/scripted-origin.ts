/**
 * Origins over a scripted server: an event stream with ids, lines, a WebSocket.
 *
 * @module
 */
import { type Exchange, type ScriptedServer, scriptedServer } from '../../src/testing/server.ts'
import type { Entry, Origin, Page } from './origin.ts'

/** What differs between the protocols of a scripted origin. */
interface Voice {
  /** The client has come: answer it. */
  greet(exchange: Exchange, book: Book): Promise<void>
  /** Something was written from this index on. */
  tell(exchange: Exchange, book: Book, from: number): void
  readonly ends: boolean
}

/** The log of a scripted origin. */
class Book {
  readonly entries: Entry[] = []
  readonly log: string[] = []
  readonly starts: number[] = []
  readonly pages: Page[] = []
  readonly received: string[] = []
}

/** With ids: what a client has missed is said first. */
const events: Voice = {
  async greet(exchange, book) {
    const asked = exchange.headers['last-event-id']
    const from = asked === undefined ? 0 : book.log.lastIndexOf(String(asked)) + 1
    await exchange.accept()
    this.tell(exchange, book, from)
  },
  tell(exchange, book, from) {
    for (const entry of book.entries.slice(from)) void exchange.send({ id: entry.id, data: JSON.stringify(entry) })
  },
  ends: false,
}

/** Without: a client hears what is written while it listens. */
const plain: Voice = {
  async greet(exchange, book) {
    await exchange.accept({ as: 'lines' })
    book.starts.push(book.log.length)
  },
  tell(exchange, book, from) {
    for (const entry of book.entries.slice(from)) void exchange.send(JSON.stringify(entry))
  },
  ends: true,
}

const socket: Voice = {
  ...plain,
  async greet(exchange, book) {
    await exchange.accept()
    book.starts.push(book.log.length)
  },
}

/** What an HTTP client or a WebSocket has sent; half of a JSON text is nothing. */
function note(book: Book, text: string): void {
  try {
    book.received.push((JSON.parse(text) as Entry).id)
  } catch {
    // The client gave up in the middle.
  }
}

async function takePost(exchange: Exchange, book: Book): Promise<void> {
  note(book, await exchange.text())
  await exchange.respond({ status: 204 })
}

function followSocket(exchange: Exchange, book: Book, server: ScriptedServer): void {
  let read = 0
  const look = (): boolean => {
    for (const data of exchange.received.slice(read)) note(book, String(data))
    read = exchange.received.length
    return exchange.state === 'over'
  }
  void server.until(look)
}

function opener({ ends, greet, tell }: Voice) {
  return async (): Promise<Origin> => {
    const book = new Book()
    const living = new Set<Exchange>()
    const voice: Voice = { ends, greet, tell }
    const server = await scriptedServer({
      afterwards: 'repeat',
      script: [
        async (exchange) => {
          if (exchange.method === 'POST') return takePost(exchange, book)
          await voice.greet(exchange, book)
          living.add(exchange)
          if (exchange.isWebSocket) followSocket(exchange, book, server)
        },
      ],
    })
    const each = (act: (exchange: Exchange) => void): void => {
      for (const exchange of living) {
        if (exchange.state === 'over') living.delete(exchange)
        else act(exchange)
      }
    }
    const write = (entries: readonly Entry[]): void => {
      const from = book.log.length
      book.entries.push(...entries)
      book.log.push(...entries.map(({ id }) => id))
      each((exchange) => voice.tell(exchange, book, from))
    }
    return {
      port: Number(new URL(server.url).port),
      path: '/',
      log: book.log,
      starts: book.starts,
      pages: book.pages,
      received: book.received,
      over: false,
      write,
      repeat: () => write(book.entries.slice(-1)),
      heartbeat: () => each((exchange) => void exchange.heartbeat()),
      end: ends ? () => each((exchange) => void exchange.end()) : undefined,
      counts: () => true,
      close: () => server.close(),
    }
  }
}

export const openEvents = opener(events)
export const openLines = opener(plain)
export const openSocket = opener(socket)
