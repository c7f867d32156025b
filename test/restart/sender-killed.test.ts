import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { startServer } from '../../src/server/testing/rig.ts'
import { chanceFrom } from '../bench/statistics.ts'
import { outboxDirectory, Spoken } from './own-processes.ts'
import { CARRIERS } from './patience.ts'
import { createStream, storedIn } from './traffic.ts'

const PROGRAM = new URL('sender-process.ts', import.meta.url)
const KILLS = 6
const LAST = 60

test('a client that is killed in the middle of sending has everything stored once and in order that its outbox took', async () => {
  const seed = randomInt(2 ** 31)
  console.log(`sender killed with seed ${seed}`)
  const chance = chanceFrom(seed)
  const { at } = await startServer()
  await createStream(at('a'))
  const directory = outboxDirectory()

  const kept: string[][] = []
  let unconfirmed = 0
  for (let life = 0; life <= KILLS; life++) {
    const carrier = CARRIERS[life % CARRIERS.length] ?? ''
    const isLast = life === KILLS
    const sender = new Spoken(PROGRAM, [at('a'), directory, carrier, String(life), ...(isLast ? [String(LAST)] : [])])
    if (!isLast) {
      await sender.said(Math.floor(chance() * chance() * 500) + 1)
      sender.child.kill('SIGKILL')
    }
    expect(await sender.ended).toBe(isLast ? null : 'SIGKILL')
    expect(sender.errors).toBe('')
    const own = sender.lines.filter((line) => line.startsWith('kept '))
    kept.push(own.map((line) => line.slice('kept '.length)))
    if (!isLast) unconfirmed += 2 * own.length - sender.lines.length
  }

  const stored = (await storedIn(at('a'))).map((record) => JSON.stringify(record))
  expect(stored.slice(-LAST)).toEqual(kept.at(-1))
  // Each life's records without a hole, the lives one after another; more than was heard of only where the pipe broke before.
  const lives = kept.map((_, life) => stored.filter((record) => record.startsWith(`[${life},`)))
  expect(stored).toEqual(lives.flat())
  for (const [life, own] of lives.entries()) {
    expect(own).toEqual(own.map((_, n) => `[${life},${n}]`))
    expect(own.slice(0, kept[life]?.length)).toEqual(kept[life])
  }
  // Otherwise nothing was proven: each record would have been confirmed before the kill.
  expect(unconfirmed).toBeGreaterThan(0)
}, 120_000)
