import { EventEmitter, once } from 'node:events'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { binary, type Codec, raw, text, values } from '../codecs/codec.ts'
import { type EncryptedOptions, encrypted } from './codec.ts'
import type { SequenceGap } from './senders.ts'
import { codeOf, failureOf, headerOf, keyBytes, randomKey, ringOfOne, sealByHand } from './testing/tokens.ts'

/** Two ends of one channel that share their keys. */
async function pair<Value>(options: Partial<EncryptedOptions<Value>> = {}) {
  const make = encrypted<Value>({ keys: await ringOfOne(), channel: 'room', ...options })
  return { sender: make(), receiver: make() }
}

test('any JSON comes back as it was, with any names around it', async () => {
  const keys = await ringOfOne()
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 4 }), fc.string({ minLength: 1, maxLength: 256 }), async (source, channel) => {
      const make = encrypted({ keys, channel })
      const value: unknown = JSON.parse(source)
      expect(await make().decode(await make().encode(value))).toEqual(value)
    }),
    { verbose: 1 },
  )
})

test('any text and any bytes come back as they were, and stay what they are', async () => {
  const { sender, receiver } = await pair({ codec: raw })
  const payload = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 2000 }).map((bytes) => Uint8Array.from(bytes)),
  )
  await fc.assert(
    fc.asyncProperty(payload, async (value) => {
      expect(await receiver.decode(await sender.encode(value))).toEqual(value)
    }),
    { verbose: 1 },
  )
})

test('a slow inner codec keeps its place in the order', async () => {
  const { sender, receiver } = await pair<unknown>({ codec: binary as Codec })
  const sending = [sender.encode(new Blob(['slow'])), sender.encode('quick')]
  const received = []
  for (const token of sending) received.push(Buffer.from((await receiver.decode(await token)) as Uint8Array).toString())
  expect(received).toEqual(['slow', 'quick'])
})

test('a message passes once, and an older one not after a newer', async () => {
  const { sender, receiver } = await pair({ codec: text })
  const [first, second, third] = await Promise.all(['1', '2', '3'].map((value) => sender.encode(value)))
  expect(await receiver.decode(first)).toBe('1')
  expect(await codeOf(receiver.decode(first))).toBe('replayed')
  expect(await receiver.decode(third)).toBe('3')
  expect(await codeOf(receiver.decode(second))).toBe('replayed')
})

test('with a window a late message passes, once', async () => {
  const { sender, receiver } = await pair({ codec: text, replay: { window: 2 } })
  const [first, second, third] = await Promise.all(['1', '2', '3'].map((value) => sender.encode(value)))
  expect(await receiver.decode(third)).toBe('3')
  expect(await receiver.decode(second)).toBe('2')
  expect(await codeOf(receiver.decode(second))).toBe('replayed')
  expect(await codeOf(receiver.decode(first))).toBe('replayed')
})

test('several senders and one that started anew do not disturb each other', async () => {
  const make = encrypted({ keys: await ringOfOne(), channel: 'room', codec: text })
  const [one, two, restarted, receiver] = [make(), make(), make(), make()]
  const received = []
  for (const [sender, value] of [
    [one, 'a'],
    [two, 'b'],
    [one, 'c'],
    [restarted, 'd'],
    [two, 'e'],
  ] as const) {
    received.push(await receiver.decode(await sender.encode(value)))
  }
  expect(received).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a fresh receiver reads the history a first one has read', async () => {
  const make = encrypted({ keys: await ringOfOne(), channel: 'room', codec: text })
  const [sender, first, second] = [make(), make(), make()]
  const history = await Promise.all(['1', '2'].map((value) => sender.encode(value)))
  for (const receiver of [first, second]) {
    expect([await receiver.decode(history[0]), await receiver.decode(history[1])]).toEqual(['1', '2'])
  }
})

test('a message that was given up while its key was fetched may come again', async () => {
  const keys = await ringOfOne()
  const answer = new EventEmitter()
  const answered = once(answer, 'answered')
  const slow = { current: 'k1', get: (kid: string) => answered.then(() => keys.get(kid)) }
  const { decode } = encrypted({ keys: slow, channel: 'room', codec: text })()
  const token = sealByHand(headerOf(), 'hello')
  const givenUp = codeOf(decode(token))
  const again = decode(token)
  answer.emit('answered')
  expect(await givenUp).toBe('aborted')
  expect(await again).toBe('hello')
  expect(await codeOf(decode(token))).toBe('replayed')
})

test('a message for another channel is refused, and so is one’s own where directions have names', async () => {
  const keys = await ringOfOne()
  const alice = encrypted({ keys, channel: { send: 'a to b', receive: 'b to a' }, codec: text })()
  const bob = encrypted({ keys, channel: { send: 'b to a', receive: 'a to b' }, codec: text })()
  const token = await alice.encode('hello')
  expect(await codeOf(alice.decode(token))).toBe('wrong_channel')
  expect(await bob.decode(token)).toBe('hello')
  expect(await alice.decode(await bob.encode('hello yourself'))).toBe('hello yourself')
})

test('keys rotate in mid-stream, in both directions', async () => {
  const [here, there] = [await ringOfOne(), await ringOfOne()]
  const key = await randomKey()
  const one = encrypted({ keys: here, channel: 'room', codec: text })()
  const other = encrypted({ keys: there, channel: 'room', codec: text })()
  here.add('k2', key)
  here.use('k2')
  const early = await one.encode('early')
  expect(await codeOf(other.decode(early))).toBe('unknown_key')
  expect(await one.decode(await other.encode('still the old one'))).toBe('still the old one')
  there.add('k2', key)
  expect(await other.decode(early)).toBe('early')
  expect(await other.decode(await one.encode('late'))).toBe('late')
  const old = await other.encode('under the old key')
  there.use('k2')
  here.retire('k1')
  expect(await codeOf(one.decode(old))).toBe('unknown_key')
  expect(await one.decode(await other.encode('both'))).toBe('both')
})

test('missing messages are said before the one that shows it; a new session misses nothing', async () => {
  const gaps: SequenceGap[] = []
  const { sender, receiver } = await pair({ codec: text, onGap: (gap) => gaps.push(gap) })
  const tokens = await Promise.all(['0', '1', '2', '3', '4'].map((value) => sender.encode(value)))
  for (const index of [1, 2, 4]) await receiver.decode(tokens[index])
  expect(gaps).toEqual([{ sender: expect.stringMatching(/^[\w-]{22}$/), lost: 1 }])
  // Said also by a message that itself cannot be read.
  await receiver.decode(sealByHand(headerOf(), 'x'))
  const unreadable = sealByHand(headerOf({ seq: 3 }), new Uint8Array([0xff]))
  expect(await codeOf(receiver.decode(unreadable))).toBe('decode_failed')
  expect(gaps[1]).toEqual({ sender: 'AAAAAAAAAAAAAAAAAAAAAA', lost: 2 })
})

test('a value that cannot be encoded takes no number', async () => {
  const gaps: SequenceGap[] = []
  const { sender, receiver } = await pair<unknown>({ onGap: (gap) => gaps.push(gap) })
  await receiver.decode(await sender.encode(1))
  expect(await codeOf(sender.encode(() => 1))).toBe('encode_failed')
  expect(await receiver.decode(await sender.encode(2))).toBe(2)
  expect(gaps).toEqual([])
})

test('what cannot be sent is refused: too large, neither text nor bytes, no key', async () => {
  const { sender } = await pair<unknown>({ codec: values, maxBytes: 4 })
  expect(await codeOf(sender.encode('üü'))).toBe('accepted')
  expect(await codeOf(sender.encode('üüü'))).toBe('encode_failed')
  expect(await codeOf(sender.encode({ a: 1 }))).toBe('encode_failed')
  for (const get of [() => undefined, () => Promise.reject(new Error('away'))]) {
    const without = encrypted({ keys: { current: 'k1', get }, channel: 'room' })()
    expect(await codeOf(without.encode(1))).toBe('unknown_key')
  }
  const unnamed = encrypted({ keys: { current: '', get: () => undefined }, channel: 'room' })()
  expect(await codeOf(unnamed.encode(1))).toBe('bad_option')
})

test('a key is used up at its limit, and the next one begins anew', async () => {
  const keys = await ringOfOne()
  const { sender, receiver } = await pair({ keys, messagesPerKey: 2 })
  for (const n of [1, 2]) expect(await receiver.decode(await sender.encode(n))).toBe(n)
  const failure = await failureOf(sender.encode(3))
  expect(failure?.code).toBe('encode_failed')
  expect(failure?.message).toContain('rotate')
  keys.add('k2', await randomKey())
  keys.use('k2')
  expect(await receiver.decode(await sender.encode(3))).toBe(3)
})

test('two failures at once leave no rejection unhandled', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  const codec: Codec = { decode: (data) => data, encode: () => Promise.reject(new Error('slow and wrong')) }
  const keys = { current: 'k1', get: () => Promise.reject(new Error('away')) }
  const { encode } = encrypted({ keys, channel: 'room', codec })()
  expect(await codeOf(encode(1))).not.toBe('accepted')
  // Node tells of them after the microtasks of a turn.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

test('neither plaintext nor key is in any error', async () => {
  const secret = 'canary-plaintext'
  const broken: Codec = {
    decode: () => JSON.parse(`${secret} is no JSON`),
    encode: () => JSON.parse(`${secret} is no JSON`),
  }
  const keys = await ringOfOne()
  const { decode, encode } = encrypted({ keys, channel: 'room', codec: broken })()
  const small = encrypted({ keys, channel: 'room', maxBytes: 1 })()
  const token = sealByHand(headerOf(), secret)
  const attempts = [
    () => decode(token),
    () => decode(secret),
    () => decode(`${token}A`),
    () => decode(sealByHand(headerOf({ kid: secret }), secret)),
    () => decode(sealByHand(headerOf({ chn: secret }), secret)),
    () => encode(secret),
    () => small.encode(secret),
    () => small.decode(token),
    () => decode(token),
  ]
  const failures = []
  for (const attempt of attempts) failures.push(await failureOf(attempt))
  expect(failures.map((failure) => failure?.code)).toEqual([
    'decode_failed',
    'decrypt_failed',
    'decrypt_failed',
    'unknown_key',
    'wrong_channel',
    'encode_failed',
    'encode_failed',
    'limit_exceeded',
    'replayed',
  ])
  const written = failures.map((failure) => JSON.stringify(failure) + String(failure?.stack) + String(failure?.cause))
  const key = Buffer.from(keyBytes)
  for (const form of ['canary', key.toString('hex'), key.toString('base64'), key.toString('base64url')]) {
    expect(written.join()).not.toContain(form)
  }
})

test('options that do not fit are refused at once', async () => {
  const keys = await ringOfOne()
  const unfit = [
    { channel: '' },
    { channel: 'c'.repeat(257) },
    { channel: { send: 'a' } },
    { channel: null },
    { maxBytes: 0 },
    { maxBytes: Number.POSITIVE_INFINITY },
    { messagesPerKey: 2 ** 32 + 1 },
    { replay: { window: 1025 } },
    { replay: { window: 1.5 } },
    { replay: { senders: 0 } },
  ]
  for (const options of unfit) {
    const given = { keys, channel: 'room', ...options } as EncryptedOptions
    expect(await codeOf(() => encrypted(given)), JSON.stringify(options)).toBe('bad_option')
  }
})
