/**
 * Servers that read well and answer appends with nonsense: bad input.
 *
 * @module
 */
import { expect } from 'vitest'
import { fileOutbox } from '../../../src/producer/file-outbox.ts'
import { freshDirectory } from '../../../src/producer/file-outbox-rig.ts'
import { simulatedClock } from '../../../src/testing/clock.ts'
import { settle } from '../../../src/testing/settle.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { Client, SOON } from '../client.ts'
import { type Append, type AppendAnswer, expectLeft, type Liar, openLiar, stored } from '../liar.ts'
import { httpLies, type Lie, SECRET, socketLies } from '../lies.ts'
import { sentRecords } from '../oracle.ts'
import { type WatchedStorage, watched } from '../storage.ts'

/** Ten minutes, in milliseconds, and how many attempts a backoff that grows to 20 s makes of them. */
const LONG = 600_000
const MOST_ATTEMPTS = 120

interface Told {
  readonly liar: Liar
  readonly client: Client
  readonly storage: WatchedStorage
  /** From now on it tells the truth. */
  repent(): void
}

/** A client that has sent three records, and has been lied to about them. */
async function told({ via }: ReadingRow, lie: (append: Append) => AppendAnswer): Promise<Told> {
  let append = lie
  const liar = await openLiar({ append: (one) => append(one) })
  const storage = watched(fileOutbox(freshDirectory(), { clock: simulatedClock() }))
  const client = new Client(liar.url, { via, producer: { storage }, connectTimeout: 1_000_000 })
  await client.untilState('connected')
  client.send(...sentRecords(1, 3))
  await settle(() => liar.appends.length > 0, SOON)
  return {
    liar,
    client,
    storage,
    repent() {
      append = stored
    },
  }
}

/** What the application was told is typed, and holds nothing of what the server said. */
function expectDiscretion({ failures, refusals }: Client): void {
  for (const error of [...failures, ...refusals]) {
    expect(error.name).toBe('TransportError')
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(SECRET)
  }
}

/** How many different appends were made. */
function tuplesOf({ appends }: Told['liar']): number {
  return new Set(appends.map(({ id, epoch, sequence }) => `${id} ${epoch} ${sequence}`)).size
}

async function expectOutcome(being: Told, { says, outcome }: Pick<Lie<unknown>, 'says' | 'outcome'>): Promise<void> {
  const { client, liar, storage, repent } = being
  await client.live(LONG)
  expect(liar.appends.length, says).toBeLessThan(MOST_ATTEMPTS)
  expect(
    storage.calls.filter((call) => call.startsWith('acknowledge')),
    says,
  ).toEqual([])
  if (outcome === 'repeated') {
    expect(client.outcomes, says).toEqual(Array(3).fill('waiting'))
    expect(liar.appends.length, says).toBeGreaterThan(1)
    repent()
    await client.until(() => client.state === 'connected')
    await client.pass(() => !client.outcomes.includes('waiting'))
    expect(client.outcomes, says).toEqual(Array(3).fill('stored'))
    expect(tuplesOf(liar), says).toBe(1)
  } else {
    // An answer that may have been torn is asked for again after a pause, which may have begun when all that time was over.
    await client.pass(() => !client.outcomes.includes('waiting'))
    expect(client.outcomes, says).toEqual(Array(3).fill(outcome))
    // A simulated patience may end while the answer is on its way; what goes out again has its number.
    expect(tuplesOf(liar), says).toBe(1)
    expect(client.codes, says).toEqual(outcome === 'producer_fenced' ? ['producer_fenced'] : [])
  }
  expect(client.state, says).toBe('connected')
  expectDiscretion(client)
  await expectLeft(liar, client)
  if (outcome !== 'producer_fenced') return
  // What was not taken is kept, but nobody claims it any more: who did would be refused as well.
  await settle(() => storage.held.size === 0, SOON)
  expect(storage.calls.at(-1), says).toBe('bury')
}

async function lied<Said>(
  row: ReadingRow,
  lies: readonly Lie<Said>[],
  asAnswer: (said: Said, append: Append) => AppendAnswer,
): Promise<void> {
  for (const lie of lies) {
    const being = await told(row, (append) => asAnswer(lie.answer(append), append))
    await expectOutcome(being, lie)
  }
}

/** Whatever it is answered with, an append is repeated slowly, refused or given up, and each promise tells which. */
export function lies(row: ReadingRow): Promise<void> {
  return row.isSocket
    ? lied(row, socketLies, (frames, append) => ({ ...stored(append), frames }))
    : lied(row, httpLies, (http, append) => ({ ...stored(append), http }))
}

/** An answer said several times, and others behind it, is the first one. */
export async function contradicted(row: ReadingRow): Promise<void> {
  const being = await told(row, (append) => {
    const key = { s: 'log', pid: append.id, e: append.epoch, q: append.sequence }
    const [ack] = stored(append).frames
    return {
      ...stored(append),
      frames: [ack, ack, { t: 'nack', ...key, code: 'fenced' }, { t: 'nack', ...key, code: 'gap', want: 0 }],
    }
  })
  const { client, liar } = being
  await client.untilSettled()
  client.send(...sentRecords(4, 6))
  await client.untilSettled()
  expect(client.outcomes).toEqual(Array(6).fill('stored'))
  expect(client.codes).toEqual([])
  expect(liar.appends.map(({ sequence }) => sequence)).toEqual([0, 1])
  await expectLeft(liar, client)
}

/** A server that forgets after each append whom it has heard: each send is told something that is so, and nothing goes round for ever. */
export async function forgetful(row: ReadingRow): Promise<void> {
  const being = await told(row, (append) =>
    append.sequence === 0
      ? stored(append)
      : {
          http: { status: 409, headers: { 'producer-expected-seq': '0' } },
          frames: [{ t: 'nack', s: 'log', pid: append.id, e: append.epoch, q: append.sequence, code: 'gap', want: 0 }],
        },
  )
  const { client, liar } = being
  await client.untilSettled()
  for (let n = 4; n <= 12; n++) {
    client.send(...sentRecords(n, n))
    await client.until(() => liar.appends.length > n - 3)
  }
  await client.pass(() => !client.outcomes.includes('waiting'))
  for (const outcome of client.outcomes) expect(['stored', 'send_unconfirmed']).toContain(outcome)
  expect(liar.appends.length).toBeLessThan(60)
  expectDiscretion(client)
  await expectLeft(liar, client)
}

/** No answer at all, while everything else is heard: the append is given up in the end, and made again under its number. */
export async function unanswered(row: ReadingRow): Promise<void> {
  let silent = true
  const liar = await openLiar({
    append: (append) => (silent ? { http: null, frames: [] } : stored(append)),
  })
  const client = new Client(liar.url, { via: row.via, connectTimeout: 1_000_000 })
  await client.untilState('connected')
  client.send(...sentRecords(1, 3))
  await settle(() => liar.appends.length > 0, SOON)
  silent = false
  await client.live(120_000)
  expect(liar.appends.length).toBeGreaterThan(1)
  await client.untilSettled()
  expect(client.outcomes).toEqual(Array(3).fill('stored'))
  await expectLeft(liar, client)
}

/** Text that is no frame ends the connection with a typed error; what waits is kept. */
export async function noFrames(): Promise<void> {
  const row = { via: 'websocket', polls: false, isSocket: true } as const
  for (const text of [`<p>${SECRET}</p>`, '[]', 'null', '42', '{}', '{"t":7}']) {
    const { client, storage, liar } = await told(row, (append) => ({ ...stored(append), frames: [text] }))
    await client.untilState('error')
    await client.live(60_000)
    expect(client.codes, text).toEqual(['bad_frame'])
    expect(liar.appends, text).toHaveLength(1)
    expectDiscretion(client)
    client.close()
    await client.untilSettled()
    expect(client.outcomes, text).toEqual(Array(3).fill('send_unconfirmed'))
    expect(storage.calls, text).toEqual(['claim', 'put 0', 'release'])
    await expectLeft(liar, client)
  }
}
