import { deflateRawSync } from 'node:zlib'
import { expect } from 'vitest'
import { badInput } from './bad-input.ts'
import { BINARY, CLOSE, CONTINUATION, frameBytes, PING, PONG, type RawFrame, TEXT } from './raw-frames.ts'
import { GOOD_UPGRADE } from './raw-peer.ts'
import { TOKENS } from './rig.ts'

const PING_FRAME = '{"t":"ping"}'
const LIMIT = 64 * 1024
const MIB = 1024 * 1024

/** Frames that end the connection at once: what is sent, in order, and the code. */
const BROKEN: readonly [number: string, what: string, frames: readonly RawFrame[], codes: readonly number[]][] = [
  ['B13', 'a frame that is not masked', [{ opcode: TEXT, payload: PING_FRAME, masked: false }], [1002]],
  ['B13', 'an empty close frame that is not masked', [{ opcode: CLOSE, masked: false }], [1002]],
  ...[1, 2, 4, 7].map((reserved): (typeof BROKEN)[number] => [
    'B14',
    `a frame with the reserved bits ${reserved}`,
    [{ opcode: TEXT, payload: PING_FRAME, reserved }],
    [1002],
  ]),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): (typeof BROKEN)[number] => [
    'B14',
    `a frame with the reserved opcode ${opcode}`,
    [{ opcode, payload: PING_FRAME }],
    [1002],
  ]),
  ['B14', 'a continuation of nothing', [{ opcode: CONTINUATION, payload: PING_FRAME }], [1002]],
  [
    'B14',
    'a new message inside a fragmented one',
    [
      { opcode: TEXT, payload: '{', fin: false },
      { opcode: TEXT, payload: PING_FRAME },
    ],
    [1002],
  ],
  ['B15', 'a ping in fragments', [{ opcode: PING, fin: false }], [1002]],
  ['B15', 'a close in fragments', [{ opcode: CLOSE, fin: false }], [1002]],
  ['B15', 'a ping of 126 bytes', [{ opcode: PING, payload: 'canary'.repeat(21) }], [1002]],
  ['B15', 'a close of 126 bytes', [{ opcode: CLOSE, payload: 'canary'.repeat(21) }], [1002]],
  ['B15', 'a close with half a code', [{ opcode: CLOSE, payload: new Uint8Array([3]) }], [1002]],
  ['B15', 'a close with the code 1005', [{ opcode: CLOSE, payload: new Uint8Array([3, 0xed]) }], [1002]],
  ['B16', 'a text that is not UTF-8', [{ opcode: TEXT, payload: new Uint8Array([0x22, 0xff, 0x22]) }], [1007]],
  ['B16', 'a text with a surrogate in UTF-8', [{ opcode: TEXT, payload: new Uint8Array([0xed, 0xa0, 0x80]) }], [1007]],
  ['B16', 'a text with an overlong slash', [{ opcode: TEXT, payload: new Uint8Array([0xc0, 0xaf]) }], [1007]],
  [
    'B16',
    'a text that is not UTF-8 across two fragments',
    [
      { opcode: TEXT, payload: new Uint8Array([0x22, 0xe2, 0x82]), fin: false },
      { opcode: CONTINUATION, payload: new Uint8Array([0x22]) },
    ],
    [1007],
  ],
  ['B16', 'a close whose reason is not UTF-8', [{ opcode: CLOSE, payload: new Uint8Array([3, 0xe8, 0xff]) }], [1007]],
  ['B17', 'a binary frame', [{ opcode: BINARY, payload: PING_FRAME }], [1003]],
  ['B17', 'an empty binary frame', [{ opcode: BINARY }], [1003]],
  ['B18', 'a header that announces 2^63 bytes', [{ opcode: TEXT, announced: 2n ** 63n }], [1009, 1002]],
  ['B18', 'a header that announces 2^53 bytes', [{ opcode: TEXT, announced: 2n ** 53n }], [1009]],
  ['B18', 'a header that announces 4 GiB', [{ opcode: TEXT, announced: 2n ** 32n }], [1009]],
  ['B19', 'a message of the limit and one byte', [{ opcode: TEXT, payload: PING_FRAME.padEnd(LIMIT + 1) }], [1009]],
  [
    'B19',
    'a message of the limit and one byte in fragments',
    [
      { opcode: TEXT, payload: PING_FRAME.padEnd(LIMIT), fin: false },
      { opcode: CONTINUATION, payload: ' ' },
    ],
    [1009],
  ],
  ['B20', 'an endless row of empty fragments', emptyFragments(100_000), [1009, 1008]],
]

for (const [number, what, frames, codes] of BROKEN)
  badInput(number, `${what} closes with ${codes.join(' or ')}, before and after the greeting`, async (rig) => {
    for (const peer of [(await rig.shakeHands()).peer, await rig.greet()]) {
      peer.write(Buffer.concat(frames.map(frameBytes)))
      expect(codes).toContain((await peer.closed).code)
    }
  })

badInput('B16', 'a character that is split over two fragments is joined', async (rig) => {
  const peer = await rig.greet()
  const bytes = Buffer.from('{"t":"ping","k":"€"}')
  const middle = bytes.indexOf(0x82)
  peer.frame({ opcode: TEXT, payload: bytes.subarray(0, middle), fin: false })
  // A control frame may come between (RFC 6455 section 5.4).
  peer.frame({ opcode: PONG })
  peer.frame({ opcode: CONTINUATION, payload: bytes.subarray(middle) })
  expect(await peer.until(({ t }) => t === 'pong')).toEqual({ t: 'pong', k: '€' })
})

badInput('B18', 'what a header announces is not allocated', async (rig) => {
  const before = process.memoryUsage().arrayBuffers
  for (let count = 0; count < 20; count++) {
    const peer = await rig.greet()
    peer.frame({ opcode: TEXT, announced: 2n ** 31n - 1n })
    expect((await peer.closed).code).toBe(1009)
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * MIB)
})

badInput('B19', 'a message of exactly the limit is taken', async (rig) => {
  const peer = await rig.greet()
  peer.say(PING_FRAME.padEnd(LIMIT))
  expect(await peer.until(({ t }) => t === 'pong')).toEqual({ t: 'pong' })
})

badInput('B20', 'sixty-four fragments are taken', async (rig) => {
  const peer = await rig.greet()
  peer.frame({ opcode: TEXT, fin: false })
  for (let count = 0; count < 62; count++) peer.frame({ opcode: CONTINUATION, fin: false })
  peer.frame({ opcode: CONTINUATION, payload: PING_FRAME })
  expect(await peer.until(({ t }) => t === 'pong')).toEqual({ t: 'pong' })
})

badInput(
  'B21',
  'a compression bomb is never inflated: deflate is not agreed to, and its bit closes with 1002',
  async (rig) => {
    const bomb = deflateRawSync(Buffer.alloc(64 * MIB, 0x20))
    expect(bomb.length).toBeLessThan(LIMIT + 1024)
    const before = process.memoryUsage().rss
    const offered = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'
    const { peer, answer } = await rig.shakeHands([...GOOD_UPGRADE, offered])
    expect([answer.status, answer.headers.get('sec-websocket-extensions')]).toEqual([101, undefined])
    peer.say({ t: 'hello', v: 1, token: TOKENS.mallory })
    await peer.until(({ t }) => t === 'welcome')
    peer.frame({ opcode: TEXT, payload: bomb, reserved: 4 })
    expect((await peer.closed).code).toBe(1002)
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * MIB)
  },
)

const FLOODS: readonly [what: string, frame: RawFrame][] = [
  ['pings of the protocol', { opcode: PING }],
  ['pongs that nobody asked for', { opcode: PONG }],
  ['ping frames of ours', { opcode: TEXT, payload: PING_FRAME }],
  ['seen frames', { opcode: TEXT, payload: '{"t":"seen","a":1,"n":0}' }],
  ['unsubscriptions', { opcode: TEXT, payload: '{"t":"unsub","id":1,"a":1}' }],
]

badInput(
  'B22',
  '10,000 frames at once, of whatever kind, close with 4229, whose reason holds the pause',
  async (rig) => {
    const flooding = FLOODS.map(async ([what, frame]) => {
      const peer = await rig.greet()
      peer.write(Buffer.concat(Array.from({ length: 10_000 }, () => frameBytes(frame))))
      const { code, reason } = await peer.closed
      expect([what, code]).toEqual([what, 4229])
      expect(reason).toMatch(/^rate_limited ms=\d+$/)
      // Not one answer for each: the burst, and no more.
      expect(peer.received.length).toBeLessThan(1_100)
    })
    // All of them at once: the server gives each 5 s to close.
    await Promise.all(flooding)
  },
)

badInput('B22', 'as many pings as the limit allows are answered', async (rig) => {
  const peer = await rig.greet()
  peer.write(Buffer.concat(Array.from({ length: 900 }, () => frameBytes({ opcode: TEXT, payload: PING_FRAME }))))
  peer.say({ t: 'ping', k: 'last' })
  expect(await peer.until(({ k }) => k === 'last')).toEqual({ t: 'pong', k: 'last' })
})

function emptyFragments(count: number): RawFrame[] {
  return Array.from({ length: count }, (_, at) => ({ opcode: at === 0 ? TEXT : CONTINUATION, fin: false }))
}
