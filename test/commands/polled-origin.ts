/**
 * An origin that is polled: pages from a cursor on, held back until there is something to say.
 *
 * @module
 */
import { type Exchange, page, scriptedServer } from '../../src/testing/server.ts'
import type { Entry, Origin, Page } from './origin.ts'

/** Small, so that a client is often interrupted in the middle of one. */
const mostOnPage = 40

export async function openPolled(): Promise<Origin> {
  const entries: Entry[] = []
  const log: string[] = []
  const pages: Page[] = []
  const received: string[] = []
  const waiting = new Set<{ readonly exchange: Exchange; readonly from: number }>()
  /** Cursors behind a page with records, which nobody has come back with: a poll from there is progress, and free. */
  const fresh = new Set<string>()
  let over = false

  const answer = (exchange: Exchange, from: number): void => {
    const items = entries.slice(from, from + mostOnPage)
    const to = from + items.length
    if (items.length > 0) fresh.add(`${exchange.query.get('who')}:${to}`)
    if (exchange.query.get('who') === null) pages.push({ from, to })
    const closed = over && to === entries.length
    void page(items, { 'stream-next-offset': String(to), ...(closed && { 'stream-closed': 'true' }) })(exchange)
  }
  /** Answers whom there is something to say to; with `all` the others too, with an empty page. */
  const look = (all: boolean): void => {
    for (const one of waiting) {
      if (one.exchange.state === 'held' && (all || over || one.from < entries.length)) answer(one.exchange, one.from)
      if (one.exchange.state !== 'held') waiting.delete(one)
    }
  }
  const server = await scriptedServer({
    afterwards: 'repeat',
    script: [
      async (exchange) => {
        if (exchange.method !== 'POST') {
          waiting.add({ exchange, from: Number(exchange.query.get('offset') ?? 0) })
          return look(false)
        }
        const text = await exchange.text()
        if (text.endsWith('}')) received.push((JSON.parse(text) as Entry).id)
        await exchange.respond({ status: 204 })
      },
    ],
  })
  return {
    port: Number(new URL(server.url).port),
    path: '/',
    log,
    starts: [],
    pages,
    received,
    get over() {
      return over
    },
    write(more) {
      entries.push(...more)
      log.push(...more.map(({ id }) => id))
      look(false)
    },
    heartbeat: () => look(true),
    end() {
      over = true
      look(true)
    },
    counts(requestLine) {
      const { searchParams } = new URL(requestLine.split(' ')[1] ?? '/', 'http://origin')
      return !fresh.delete(`${searchParams.get('who')}:${searchParams.get('offset')}`)
    },
    close: () => server.close(),
  }
}
