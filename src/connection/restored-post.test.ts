import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import { stateOf } from '../../machines/connection.ts'
import { httpStreamConnection } from '../http-stream.ts'
import { until } from '../transports/websocket-rig.ts'

/** A server whose answers never end. */
async function counting() {
  const methods: string[] = []
  const server = createServer((request, response) => {
    methods.push(request.method ?? '')
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{}\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { methods, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

test.each([
  ['POST', {}, ['POST'], 'error'],
  ['POST', { idempotencyKey: 'once' }, ['POST', 'POST'], 'connected'],
  ['GET', {}, ['GET', 'GET'], 'connected'],
] as const)(
  'a %s with %o, restored from a snapshot of its life: %o goes out, and it is %s',
  async (method, key, wanted, state) => {
    const { methods, url } = await counting()
    const input = { url, method, format: 'ndjson', backoff: { base: 1, cap: 1 }, ...key } as const
    const first = createActor(httpStreamConnection, { input }).start()
    first.send({ type: 'connect' })
    await until(() => first.getSnapshot().matches('connected') && methods.length === 1)
    const snapshot = JSON.parse(JSON.stringify(first.getPersistedSnapshot()))
    first.stop()
    const second = createActor(httpStreamConnection, { input, snapshot }).start()
    onTestFinished(() => second.send({ type: 'close' }))
    await until(() => stateOf(second.getSnapshot()) === state)
    expect(methods).toEqual(wanted)
    if (state === 'error') expect(second.getSnapshot().context.failure).toMatchObject({ code: 'interrupted' })
  },
)
