import { expect, onTestFinished, test } from 'vitest'
import { createTransport, TransportManager } from '../../src/index.ts'
import { settle } from '../../src/testing/settle.ts'
import { openStreams } from './manager-rig.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e']

/** A manager in real time, closed with the test. */
function managed(options: ConstructorParameters<typeof TransportManager>[0] = {}): TransportManager {
  const manager = new TransportManager(options)
  onTestFinished(() => manager.closeAll())
  return manager
}

test.each([
  ['share one socket', undefined, 1],
  ['have a socket each where that is wanted', false, NAMES.length],
] as const)('durable streams of one manager %s', async (_what, sockets, expected) => {
  const { server, streamUrl } = await openStreams()
  const manager = managed({ sockets })
  const heard: unknown[] = []
  for (const name of NAMES) {
    await server.stream(name).append(name)
    const transport = manager.createTransport('durable', { url: streamUrl(name), via: 'websocket' })
    transport.on('event', ({ data }) => heard.push(data))
    await transport.connect()
  }
  await settle(() => heard.length === NAMES.length)
  expect(heard.sort()).toEqual(NAMES)
  expect(server.connections).toBe(expected)
})

test('type `auto` finds the stream behind its URL, with a manager and without', async () => {
  const { server, streamUrl } = await openStreams()
  await server.stream('a').append({ n: 1 })
  for (const create of [createTransport, managed().createTransport.bind(managed())]) {
    const transport = create('auto', { url: streamUrl('a') })
    onTestFinished(() => transport.close())
    const protocols: string[] = []
    transport.on('connected', ({ protocol }) => protocols.push(protocol))
    const first = transport[Symbol.asyncIterator]().next()
    await transport.connect()
    expect((await first).value).toMatchObject({ data: { n: 1 } })
    expect(protocols).toEqual([expect.stringMatching(/^durable:/)])
  }
})

test('a choice that cannot be made is refused at once', () => {
  const prefer = ['carrier-pigeon'] as never
  for (const create of [createTransport, managed().createTransport.bind(managed())])
    expect(() => create('auto', { url: 'http://127.0.0.1/', prefer })).toThrow(
      expect.objectContaining({ code: 'bad_option' }),
    )
})

test('where there are no tabs, a connection for all of them is an ordinary one', async () => {
  const { server, streamUrl } = await openStreams()
  await server.stream('a').append(1)
  const transport = managed({ config: { acrossTabs: true } }).createTransport('durable', { url: streamUrl('a') })
  const first = transport[Symbol.asyncIterator]().next()
  await transport.connect()
  expect((await first).value).toMatchObject({ data: 1 })
  expect(server.connections).toBe(1)
})
