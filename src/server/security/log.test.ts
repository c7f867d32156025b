import { expect, test } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { type LogEntry, logTo } from './log.ts'

function log() {
  const entries: LogEntry[] = []
  return { entries, log: logTo((entry) => entries.push(entry), manualClock(1_000)) }
}

test('an entry has the fields that were given, and the time', () => {
  const { entries, log: written } = log()
  written.write('info', 'connection.opened', { conn: '9f86-d081', status: 101, bytes: 0, records: 3, durationMs: 1.5 })
  written.write('warn', 'admission.refused')
  expect(entries).toEqual([
    {
      time: 1_000,
      level: 'info',
      event: 'connection.opened',
      conn: '9f86-d081',
      status: 101,
      bytes: 0,
      records: 3,
      durationMs: 1.5,
    },
    { time: 1_000, level: 'warn', event: 'admission.refused' },
  ])
})

test('S15: principals and paths are hashes: the same for the same, of no use elsewhere', () => {
  const { entries, log: written } = log()
  for (const details of [{ principal: 'alice', path: 'alice' }, { principal: 'alice' }, { principal: 'bob' }])
    written.write('info', 'event', details)
  const [first, again, other] = entries
  expect(first?.principal).toMatch(/^[A-Za-z0-9_-]{16}$/)
  expect(first?.principal).toBe(again?.principal)
  expect(new Set([first?.principal, first?.path, other?.principal]).size).toBe(3)
  const elsewhere = log()
  elsewhere.log.write('info', 'event', { principal: 'alice' })
  expect(elsewhere.entries[0]?.principal).not.toBe(first?.principal)
})

test('S15: what is not on the list of fields is not written, and what is no name of ours is not either', () => {
  const { entries, log: written } = log()
  const smuggled = {
    token: 'canary',
    url: '/?token=canary',
    principal: null,
    path: undefined,
    status: 'canary',
    bytes: Number.NaN,
  }
  written.write('info', 'GET /v1/stream/canary', smuggled as never)
  written.write('info', 'event', { code: 'canary canary', conn: `${'canary'.repeat(20)}` })
  written.write('info', 'event', { code: 'canary\n{"forged":true}', conn: '' })
  expect(JSON.stringify(entries)).not.toContain('canary')
  expect(entries[0]).toEqual({ time: 1_000, level: 'info', event: 'unnamed' })
  expect(entries[1]).toMatchObject({ code: 'unnamed', conn: 'unnamed' })
})

test('a sink that throws, or rejects, disturbs nobody', async () => {
  let written = 0
  const sinks = [
    () => {
      written++
      throw new Error('disk full')
    },
    async () => {
      written++
      throw new Error('disk full')
    },
  ]
  for (const sink of sinks) logTo(sink, manualClock()).write('info', 'event')
  await new Promise(setImmediate)
  expect(written).toBe(2)
})

test('without a sink nothing is even put together', () => {
  const details = {
    get principal(): string {
      throw new Error('It was read.')
    },
  }
  expect(() => logTo(undefined, manualClock()).write('info', 'event', details)).not.toThrow()
})
