import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { expectNoEffectOnOthers } from './bad-input.ts'
import { connectTo } from './raw-http.ts'
import { type Rig, STEADY, TOKENS, withRig } from './rig.ts'

// What the other tests rest on: that each disturbance would be seen.

test('a bystander whose connection is cut is disturbed', () =>
  withRig({}, async (rig) => {
    for (const socket of rig.witness.sockets) socket.destroy()
    const disturbances = await rig.bystanders.finish()
    expect(disturbances.join('\n')).toMatch(/Reader: /)
  }))

test('a record that the producer did not append disturbs every reader', () =>
  withRig({}, async (rig) => {
    const append = { headers: ['Content-Type: application/json'], body: '"forged"', token: TOKENS.steady }
    expect((await rig.ask('POST', `/v1/stream/${STEADY}`, append)).status).toBe(204)
    const disturbances = await rig.bystanders.finish()
    for (const name of ['SocketReader', 'EventStreamReader', 'LongPollReader'])
      expect(disturbances.join('\n')).toContain(`${name}: got "forged"`)
  }))

/** What is done behind the back of everyone, and has to be seen afterwards. */
const EFFECTS: readonly [what: string, cause: (rig: Rig) => Promise<unknown>][] = [
  [
    'a stream that is created',
    (rig) => rig.ask('PUT', '/v1/stream/bad/new', { headers: ['Content-Type: text/plain'] }),
  ],
  ['a connection that stays', (rig) => connectTo(rig.port)],
  ['a secret that is logged', async (rig) => rig.witness.log({ text: TOKENS.mallory })],
  ['a secret that is printed', async () => console.log(TOKENS.mallory)],
  ['a report', async (rig) => rig.witness.report(new Error('It should not have happened.'))],
  [
    'a record that is lost',
    async (rig) => {
      await rig.bystanders.beats(3)
      await rig.store.trim(STEADY, { keepRecords: 1 })
    },
  ],
]

test.each(EFFECTS)('%s is an effect on others', (_what, cause) =>
  withRig({}, async (rig) => {
    const left = await cause(rig)
    await expect(expectNoEffectOnOthers(rig, {})).rejects.toThrow()
    if (left instanceof Socket) left.destroy()
  }),
)
