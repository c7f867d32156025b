/**
 * `node docs/examples/run.ts node`: a room is read while its server stops, is away for a second, and comes back.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileStore } from '../../../src/server/index.ts'
import { createBackend } from '../backend.ts'
import { readRoom } from './reader.ts'

interface Running {
  readonly port: number
  stop(): Promise<void>
}

/** A server that keeps its rooms in a file, so that the next one finds them. */
async function serve(path: string, port: number, seed: number): Promise<Running> {
  const backend = createBackend({ store: fileStore({ path }), seed, tokenMs: 25 })
  const http = createServer((request, response) => {
    void backend.handle(request, response).then((ours) => ours || response.writeHead(404).end())
  })
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (!backend.upgrade(request, socket, head)) socket.destroy()
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (http.address() as AddressInfo).port,
    async stop() {
      await backend.close()
      const closed = new Promise((resolve) => http.close(resolve))
      http.closeAllConnections()
      await closed
    },
  }
}

const folder = await mkdtemp(join(tmpdir(), 'statewire-'))
const path = join(folder, 'rooms.db')
const write = (text: string): void => void process.stdout.write(text)

let server = await serve(path, 0, 1)
const origin = `http://127.0.0.1:${server.port}`

async function ask(text: string): Promise<void> {
  await fetch(`${origin}/rooms/node/prompt`, { method: 'POST', body: JSON.stringify({ text }) })
}

/** In the middle of an answer, which the assistant of the next server does not know of. */
async function restart(): Promise<void> {
  write('\n  [the server stops]\n')
  await server.stop()
  await delay(1_000)
  server = await serve(path, server.port, 2)
  write('\n  [the server is back]\n')
  await ask('What did I miss?')
}

let restarting: Promise<void> | undefined
await ask('Will you be there the whole time?')
const { lost, messages, received, repeated } = await readRoom({
  url: `${origin}/v1/stream/rooms/node`,
  write,
  isOver: (conversation) => {
    if (conversation.received > 20) restarting ??= restart()
    return conversation.messages.length === 4 && conversation.messages.at(-1)?.state === 'complete'
  },
})
await restarting
await server.stop()
await rm(folder, { recursive: true })
write(`\n${messages.length} messages in ${received} pieces: lost ${lost}, repeated ${repeated}.\n`)
