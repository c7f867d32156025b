import { expect, onTestFinished, test } from 'vitest'
import { createActor, waitFor } from 'xstate'
import { nextUncaught } from '../../test/uncaught.ts'
import { connection } from '../connection/connection.ts'
import type { Dial, Message } from '../link.ts'
import { json } from './codec.ts'
import type { Refused } from './refusal.ts'

/** Three messages, the second of them not JSON, then silence. */
const broken: Dial<object> = async () => {
  const lines = ['1', 'canary', '3']
  return {
    protocol: 'lines',
    async read(deliver) {
      for (let data = lines.shift(); data !== undefined; data = lines.shift()) {
        if (!deliver({ data, position: `after ${3 - lines.length}` })) return true
      }
      return new Promise(() => {})
    },
    close() {},
  }
}

function open(refused: Refused | undefined) {
  const actor = createActor(connection(broken, { codec: json, refused }), { input: { environment: false } })
  const received: unknown[] = []
  const errors: string[] = []
  actor.on('message', ({ message }) => received.push(message.data))
  actor.on('error', ({ error }) => errors.push(error.code))
  actor.start()
  onTestFinished(() => void actor.stop())
  actor.send({ type: 'connect' })
  return { actor, received, errors }
}

test.each([
  [undefined, ['decode_failed']],
  ['error' as const, ['decode_failed']],
  ['drop' as const, []],
])('with refused: %s the stream goes on, and %j is said', async (refused, said) => {
  const { actor, errors, received } = open(refused)
  await expect.poll(() => received).toEqual([1, 3])
  expect(errors).toEqual(said)
  expect(actor.getPersistedSnapshot()).toMatchObject({ context: { position: 'after 3' } })
})

test('a function gets the message as it came, and the reason; its own mistake disturbs nothing', async () => {
  const refused: [Message, string][] = []
  const thrown = nextUncaught()
  const { errors, received } = open((message, error) => {
    refused.push([message, error.code])
    throw new Error('my mistake')
  })
  await expect.poll(() => received).toEqual([1, 3])
  expect(refused).toEqual([[{ data: 'canary', position: 'after 2' }, 'decode_failed']])
  expect(errors).toEqual([])
  expect(await thrown).toMatchObject({ message: 'my mistake' })
})

test('with refused: fail the connection rests in error, and its position stays before the message', async () => {
  const { actor, received } = open('fail')
  const snapshot = await waitFor(actor, (state) => state.matches('error'))
  expect(snapshot.context.failure).toMatchObject({ code: 'decode_failed' })
  expect(snapshot.context.position).toBe('after 1')
  expect(received).toEqual([1])
})
