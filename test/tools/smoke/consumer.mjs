/**
 * A user's first program, on the oldest Node the package promises. It is copied beside the unpacked package and sees only
 * what a user's `npm install` would have put there. Ends by itself: a handle left open would keep the process alive.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { durableConnection, sseConnection } from 'statewire'
import { createStreamServer } from 'statewire/server'
import { createActor } from 'xstate'

const server = createStreamServer({ allowAnonymous: true })
const { url } = await server.listen({ port: 0, host: '127.0.0.1' })
const address = new URL('/v1/stream/smoke', url).href
await server.stream('smoke').append({ number: 1 }, { number: 2 }, { number: 3 })

for (const via of ['sse', 'ndjson', 'long-poll', 'websocket']) {
  const records = await firstThree(durableConnection, { url: address, via })
  assert.deepEqual(records, [{ number: 1 }, { number: 2 }, { number: 3 }], `durable over ${via}`)
}

const texts = await firstThree(sseConnection, { url: `${address}?live=sse&offset=-1` }, 1)
assert.match(texts[0], /"number":1/, 'plain Server-Sent Events')

await server.close()
console.log(`Node ${process.versions.node}: one server, five connections, every record once`)

/** Connects, takes so many messages, closes. */
async function firstThree(logic, input, wanted = 3) {
  const actor = createActor(logic, { input })
  const taken = []
  const full = new EventTarget()
  const whenFull = once(full, 'full')
  actor.on('message', ({ message }) => {
    if (taken.push(message.data) === wanted) full.dispatchEvent(new Event('full'))
  })
  const whenFailed = new Promise((_resolve, reject) => actor.on('error', ({ error }) => reject(error)))
  actor.start()
  actor.send({ type: 'connect' })
  await Promise.race([whenFull, whenFailed])
  whenFailed.catch(() => {})
  actor.send({ type: 'close' })
  actor.stop()
  return taken
}
