/**
 * Clients that leave before they are in: F48, on the server's side.
 *
 * @module
 */
import { type RequestOptions, request } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'vitest'
import { hold } from '../../../src/server/testing/shaped-store.ts'
import { settle } from '../../../src/testing/settle.ts'
import { WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../../../src/wire/names.ts'
import { expectBaseline } from '../oracle.ts'
import { SOON } from '../reader.ts'
import { openStage, STREAM } from '../stage.ts'

/** The client goes while the application looks up who it is; then the application lets it in. */
async function leave(path: string, headers: RequestOptions['headers'] = {}): Promise<void> {
  const reached = hold()
  const known = hold()
  const stage = await openStage({
    async authenticate() {
      reached.release()
      await known.held
      return { id: 'ann' }
    },
  })
  const asking = request(stage.url + path, { headers: { authorization: 'Bearer x', ...headers }, agent: false })
  asking.on('error', () => {})
  asking.end()
  await reached.held
  asking.destroy()
  // Of a socket that will be upgraded nobody reads the end before it is: there it is found out later.
  await settle(() => stage.responses.size === 0, SOON)
  known.release()
  for (let turns = 0; turns < 50; turns++) await turn()
  // Longer than any poll, any patience with a full socket, and any answer lasts.
  stage.clock.advance(3_600_000)
  for (let turns = 0; turns < 500 && stage.server.connections > 0; turns++) await turn()
  expect(stage.server.connections).toBe(0)
  await expectBaseline(stage, [])
}

export function whileBeingLetIn(query: string): Promise<void> {
  return leave(`/v1/stream/${STREAM}${query}`)
}

export function beforeTheHandshake(): Promise<void> {
  return leave(WEBSOCKET_PATH, {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': WEBSOCKET_PROTOCOL,
  })
}
