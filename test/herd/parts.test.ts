import { expect, test } from 'vitest'
import { FrameReader, type ReceivedFrame } from './frame-reader.ts'
import { Journal } from './journal.ts'
import { failure } from './link.ts'
import { Returning } from './returning.ts'

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff]
  return Buffer.concat([Buffer.from([0x81, ...length]), payload])
}

test('frames are read wherever their bytes are cut', () => {
  const bytes = Buffer.concat([textFrame('one'), textFrame('x'.repeat(300)), Buffer.from([0x88, 2, 0x10, 0xcc])])
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new FrameReader()
    const frames = [...reader.take(bytes.subarray(0, cut)), ...reader.take(bytes.subarray(cut))]
    const expected: ReceivedFrame[] = [
      { kind: 'text', text: 'one' },
      { kind: 'text', text: 'x'.repeat(300) },
      { kind: 'close', code: 4_300 },
    ]
    expect(frames, `cut at ${cut}`).toEqual(expected)
  }
})

test('the journal sees what is missing and what comes again', () => {
  const journal = new Journal()
  journal.take([{ n: 1 }, { n: 2 }])
  journal.take([{ n: 5 }])
  journal.take([{ n: 5 }])
  expect(journal).toMatchObject({ last: 5, lost: 2, repeated: 1, deliveries: 3 })
})

test('a client comes back as the chart would: within 500 ms, then later, and after 10 s of stability soon again', () => {
  const returning = new Returning(() => 0.999)
  const lost = failure('interrupted')
  returning.connected(0)
  expect(returning.failed(lost, 60_000)).toBeLessThanOrEqual(500)
  expect(returning.failed(failure('network'), 60_500)).toBeGreaterThan(500)
  returning.connected(65_000)
  expect(returning.failed(lost, 66_000)).toBeGreaterThan(500)
  returning.connected(80_000)
  expect(returning.failed(lost, 90_000)).toBeLessThanOrEqual(500)
})

test('what the server asks for is a floor', () => {
  const returning = new Returning(() => 0)
  returning.connected(0)
  expect(returning.failed(failure('http_status', { status: 503, retryAfterMs: 2_000 }), 60_000)).toBe(2_000)
})
