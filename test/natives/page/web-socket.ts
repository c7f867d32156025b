/**
 * Reads a stream with the browser's own `WebSocket` and the least that `statewire.v1.json` asks of a client.
 *
 * @module
 */
import { taskOfPage, tell } from './task.ts'

const { url, directUrl, token } = taskOfPage()
const records: unknown[] = []
let opened = 0
/** Behind the last record that has come: all that a connection takes over from the one before. */
let position = '-1'

/** Reads until the connection is lost (`null`) or there is a reason not to go on. */
async function read(): Promise<string | null> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/ws`, ['statewire.v1.json', await ticket()])
  let prefix = ''
  let expected = 0
  const say = (frame: object): void => socket.send(JSON.stringify(frame))
  const ending = await new Promise<string | null>((resolve) => {
    socket.onclose = () => resolve(null)
    socket.onopen = () => {
      opened += 1
      say({ t: 'hello', v: 1 })
    }
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data)
      if (frame.t === 'welcome') say({ t: 'sub', id: 1, s: 'log', o: position })
      else if (frame.t === 'ping') say({ t: 'pong', k: frame.k })
      else if (frame.t === 'subok') {
        prefix = `${frame.gen}_${frame.term.toString(16).padStart(4, '0')}`
        expected = frame.from + 1
      } else if (frame.t === 'm') {
        if (frame.n !== expected) resolve(`${frame.n} came instead of ${expected}`)
        records.push(...frame.d)
        expected += frame.d.length
        position = `${prefix}_${String(expected - 1).padStart(16, '0')}`
      } else if (frame.t === 'eof') resolve('eof')
      else if (frame.t === 'err' || frame.t === 'reset') resolve(data)
    }
  })
  socket.close()
  return ending
}

/** A page can set no header on a WebSocket: it shows a ticket, which it gets for its token and which is good once. */
async function ticket(): Promise<string> {
  const answer = await fetch(`${directUrl}/v1/ticket`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  return `statewire.ticket.${(await answer.json()).ticket}`
}

async function run(): Promise<void> {
  let ending: string | null = null
  while (ending === null) ending = await read().catch(String)
  await tell({ records, opened, gaveUp: 0, failure: ending === 'eof' ? null : ending })
}

void run()
