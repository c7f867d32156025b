import { describe, expect, onTestFinished, test } from 'vitest'
import { DEFAULT_TIMES } from '../../src/server/operations/transport.ts'
import { attack } from './attack.ts'
import { type BadInputOptions, expectNoEffectOnOthers } from './bad-input.ts'
import { HUNDRED } from './bystanders.ts'
import { type Rig, TOKENS, withRig } from './rig.ts'
import type { Slowness } from './slow-attack.ts'

const BESIDE = { crowd: HUNDRED, patienceMs: 50_000 }

const COUNT = 300

/** Few: what they do not take fills the kernel's buffers, some 10 MB each. */
const DEAF = 10

/** And a little: the server's timers may be a tick late. */
const TEN_SECONDS = 10_200

const SOON = { timeout: 20_000 }

/** Node keeps its own time for heads. It is the machine's, so it is made short. */
const SHORT = { ...BESIDE, times: { ...DEFAULT_TIMES, headersMs: 1_000, requestMs: 5_000, checkMs: 100 } }

/** Attacks, waits until all are there, does what is to be done about it, and nobody else has noticed. */
function besideAHundred(
  sentence: string,
  kind: Slowness,
  options: BadInputOptions,
  run: (rig: Rig, over: Promise<Readonly<Record<string, number>>>) => Promise<void>,
  count = COUNT,
): void {
  test(sentence, { timeout: 60_000 }, () =>
    withRig(options, async (rig) => {
      await rig.seed('bad/target', '["kept"]')
      const { open, over, stop } = attack(kind, rig.port, count, TOKENS.mallory)
      onTestFinished(stop)
      await open
      await everyoneHeard(rig, kind === 'bodies' || kind === 'strangers' || kind === 'deaf' ? count : 0)
      await run(rig, over)
      await rig.bystanders.beats(2)
      await expectNoEffectOnOthers(rig, options)
    }),
  )
}

/** A connection that is open for its client may still wait to be accepted: no simulated time may pass before. */
async function everyoneHeard(rig: Rig, count: number): Promise<void> {
  const heard = () => rig.witness.sockets.filter((socket) => !socket.destroyed && socket.bytesRead > 0).length
  await expect.poll(heard, SOON).toBeGreaterThanOrEqual(rig.bystanders.connections + count)
  await rig.bystanders.beats(2)
}

describe('slow clients, beside a hundred that behave', () => {
  test('have 10 s for a head and 30 s for a request, looked at each second', () => {
    expect(DEFAULT_TIMES).toMatchObject({ headersMs: 10_000, requestMs: 30_000, checkMs: 1_000 })
  })

  besideAHundred('heads that come byte by byte are answered with 408', 'heads', SHORT, async (_rig, over) => {
    expect(await over).toEqual({ 408: COUNT })
  })

  besideAHundred('connections that say nothing are closed', 'silence', SHORT, async (_rig, over) => {
    const verdicts = await over
    expect((verdicts[408] ?? 0) + (verdicts.cut ?? 0)).toBe(COUNT)
  })

  besideAHundred(
    'bodies that come byte by byte are answered with 408 after 10 s',
    'bodies',
    BESIDE,
    async (rig, over) => {
      rig.clock.advance(TEN_SECONDS)
      await rig.bystanders.beats(2)
      rig.clock.advance(1_000)
      expect(await over).toEqual({ 408: COUNT })
    },
  )

  besideAHundred('heads of 32 KiB are answered with 431', 'floods', BESIDE, async (_rig, over) => {
    expect(await over).toEqual({ 431: COUNT })
  })

  besideAHundred(
    'sockets that do not greet are closed with 4211 after 10 s',
    'strangers',
    BESIDE,
    async (rig, over) => {
      rig.clock.advance(TEN_SECONDS)
      expect(await over).toEqual({ 4211: COUNT })
    },
  )

  const record = JSON.stringify('x'.repeat(900_000))

  besideAHundred(
    'readers that take nothing are cut off after 20 s, and hold no more than a batch each until then',
    'deaf',
    { ...BESIDE, changes: ['bad/target'] },
    async (rig) => {
      const headers = ['Content-Type: application/json']
      for (let count = 0; count < 20; count++) await rig.ask('POST', '/v1/stream/bad/target', { headers, body: record })
      await expect.poll(() => rig.witness.sockets.filter((socket) => socket.writableNeedDrain).length, SOON).toBe(DEAF)
      const held = rig.witness.sockets.reduce((sum, socket) => sum + socket.writableLength, 0)
      expect(held / DEAF).toBeLessThan(2 * 1024 * 1024)
      rig.clock.advance(2 * TEN_SECONDS)
      await expect.poll(() => rig.witness.connections, SOON).toBe(rig.bystanders.connections)
    },
    10,
  )
})
