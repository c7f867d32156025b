import { afterEach, describe, expect, test, vi } from 'vitest'
import type { TransportError } from '../errors.ts'
import { webSocket } from './websocket.ts'
import {
  bareServer,
  type Cleanup,
  outgoing,
  readAll,
  readSome,
  recordedRequest,
  socketServer,
  switching,
  turns,
  until,
} from './websocket-rig.ts'

const cleanups: Cleanup[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(...args: Parameters<typeof socketServer>) {
  const server = await socketServer(...args)
  cleanups.push(server.close)
  return server
}

async function serveBare(...args: Parameters<typeof bareServer>) {
  const server = await bareServer(...args)
  cleanups.push(server.close)
  return server
}

describe('what comes in', () => {
  test('is text as a string and binary as plain bytes, in order', async () => {
    const { url } = await serve((socket) => {
      socket.send('één')
      socket.send(Buffer.from([0, 255, 7]))
      socket.send('')
      socket.close(1000)
    })
    const request = recordedRequest()
    const link = await webSocket({ url }, request)
    const { items, failure } = await readAll(link)
    expect(failure).toBeUndefined()
    expect(items.map((item) => item.data)).toEqual(['één', new Uint8Array([0, 255, 7]), ''])
    expect(items[1]?.data?.constructor).toBe(Uint8Array)
    expect(link.protocol).toBe('websocket')
    expect(request.heardCount()).toBeGreaterThan(0)
  })

  test('a kept binary message does not keep its network chunk alive', async () => {
    const { url } = await serve((socket) => {
      for (let n = 0; n < 50; n++) socket.send(Buffer.alloc(10, n))
    })
    const link = await webSocket({ url }, recordedRequest())
    const messages = await readSome(link, 50)
    for (const { data } of messages) expect((data as Uint8Array).buffer.byteLength).toBe(10)
    link.close()
  })

  test('is joined from fragments and from frames split at every byte', async () => {
    // Text "ab€" in two fragments, cut inside the three bytes of the euro sign, with a ping between them.
    const frames = Buffer.from([0x01, 0x03, 0x61, 0x62, 0xe2, 0x89, 0x00, 0x80, 0x02, 0x82, 0xac])
    for (let cut = 1; cut < frames.length; cut++) {
      const { url } = await serveBare((socket, accept) => {
        socket.setNoDelay()
        socket.write(Buffer.concat([Buffer.from(switching(accept)), frames.subarray(0, cut)]), () => {
          setImmediate(() => socket.write(frames.subarray(cut)))
        })
      })
      const link = await webSocket({ url }, recordedRequest())
      expect((await readSome(link, 1))[0]?.data).toBe('ab€')
      link.close()
    }
  })

  test('is not lost when the first message travels with the handshake', async () => {
    const { url } = await serveBare((socket, accept) => {
      socket.write(`${switching(accept)}\x81\x05hello`, 'latin1')
    })
    const link = await webSocket({ url }, recordedRequest())
    expect((await readSome(link, 1))[0]?.data).toBe('hello')
    link.close()
  })

  test('waits while the reader is full, one at a time, nothing lost', async () => {
    const { url } = await serve((socket) => {
      for (let n = 0; n < 200; n++) socket.send(String(n))
      socket.close(1000)
    })
    const link = await webSocket({ url }, recordedRequest())
    const seen: unknown[] = []
    while (
      await link.read((item) => {
        seen.push(item.data)
        return false
      })
    );
    expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => String(n)))
  })

  test('stops the server from sending while nobody reads, and comes whole afterwards', async () => {
    const chunk = 'x'.repeat(64 * 1024)
    const total = 600
    const { url, connections } = await serve((socket) => {
      for (let n = 0; n < total; n++) socket.send(chunk)
      socket.close(1000)
    })
    const link = await webSocket({ url }, recordedRequest())
    await readSome(link, 1)
    const server = connections[0]
    // The socket is paused after 64 KiB that nobody wants; what is left stays in the server's own buffer.
    let before = -1
    await until(() => {
      const stuck = server?.bufferedAmount === before
      before = server?.bufferedAmount ?? 0
      return stuck
    })
    expect(before).toBeGreaterThan(10 * 1024 * 1024)
    const { items, failure } = await readAll(link)
    expect(failure).toBeUndefined()
    expect(items).toHaveLength(total - 1)
    expect(server?.bufferedAmount).toBe(0)
  })

  test('ends cleanly after the message that `until` recognises', async () => {
    const { url, connections } = await serve((socket) => {
      for (const text of ['a', '[DONE]', 'late']) socket.send(text)
    })
    const link = await webSocket({ url, until: ({ data }) => data === '[DONE]' }, recordedRequest())
    const { items, failure } = await readAll(link)
    expect(failure).toBeUndefined()
    expect(items.map((item) => item.data)).toEqual(['a', '[DONE]'])
    await until(() => connections[0]?.readyState === 3)
  })

  test('is `interrupted` when the server says goodbye before the message that `until` waits for', async () => {
    const { url } = await serve((socket) => socket.close(1000))
    const { failure } = await readAll(await webSocket({ url, until: () => false }, recordedRequest()))
    expect(failure).toMatchObject({ code: 'interrupted' })
  })

  test('a reader or an `until` that throws fails the read, not the process', async () => {
    const { url } = await serve((socket) => socket.send('a'))
    const throwing = () => {
      throw new Error('mine')
    }
    const link = await webSocket({ url }, recordedRequest())
    await expect(link.read(throwing)).rejects.toMatchObject({ code: 'internal' })
    link.close()
    const other = await webSocket({ url, until: throwing }, recordedRequest())
    await expect(other.read(() => true)).rejects.toMatchObject({ code: 'internal' })
  })
})

describe('the end', () => {
  test.each([
    [1000, '', undefined],
    [1001, '', { code: 'closed_by_server', closeCode: 1001 }],
    [1007, '', { code: 'invalid_utf8', closeCode: 1007 }],
    [1008, '', { code: 'closed_by_server', closeCode: 1008 }],
    [1009, '', { code: 'limit_exceeded', closeCode: 1009 }],
    [1011, '', { code: 'closed_by_server', closeCode: 1011 }],
    [1013, 'busy ms=1500', { code: 'closed_by_server', closeCode: 1013, retryAfterMs: 1500 }],
    [3000, 'whatever', { code: 'closed_by_server', closeCode: 3000, retryAfterMs: undefined }],
    [4003, 'forbidden', { code: 'closed_by_server', closeCode: 4003 }],
    [4101, 'unauthenticated', { code: 'closed_by_server', closeCode: 4101 }],
    [4229, 'rate_limited ms=999999999', { code: 'closed_by_server', closeCode: 4229, retryAfterMs: 600_000 }],
    [4300, 'draining ms=20', { code: 'closed_by_server', closeCode: 4300, retryAfterMs: 20 }],
  ])('close code %i %s', async (code, reason, expected) => {
    const { url } = await serve((socket) => {
      socket.send('last')
      socket.close(code, reason)
    })
    const { items, failure } = await readAll(await webSocket({ url }, recordedRequest()))
    expect(items.map((item) => item.data)).toEqual(['last'])
    if (expected === undefined) expect(failure).toBeUndefined()
    else expect(failure).toMatchObject(expected)
    if (reason !== '') expect(String(failure)).not.toContain(reason)
  })

  test('without a code is clean, without a close frame is a lost network', async () => {
    const polite = await serve((socket) => socket.close())
    expect((await readAll(await webSocket({ url: polite.url }, recordedRequest()))).failure).toBeUndefined()
    const rude = await serve((socket) => socket.send('x', () => socket.terminate()))
    const { failure } = await readAll(await webSocket({ url: rude.url }, recordedRequest()))
    expect(failure).toMatchObject({ code: 'network', closeCode: 1006 })
  })

  test.each([
    ['invalid UTF-8', [0x81, 0x02, 0xc3, 0x28], 'invalid_utf8'],
    ['a masked frame', [0x81, 0x81, 1, 2, 3, 4, 5], 'bad_frame'],
    ['a reserved opcode', [0x83, 0x00], 'bad_frame'],
    ['a header that announces 2^63 bytes', [0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0], 'limit_exceeded'],
    ['a header that announces a gigabyte', [0x82, 0x7f, 0, 0, 0, 0, 0x40, 0, 0, 0], 'limit_exceeded'],
  ])('%s fails with a typed error after everything before it was delivered', async (_name, frame, code) => {
    const server = await serveBare((socket, accept) => {
      socket.write(Buffer.concat([Buffer.from(`${switching(accept)}\x81\x02ok`, 'latin1'), Buffer.from(frame)]))
    })
    const { items, failure } = await readAll(await webSocket({ url: server.url }, recordedRequest()))
    expect(items.map((item) => item.data)).toEqual(['ok'])
    expect(failure).toMatchObject({ code })
  })

  test('a message of exactly the limit passes, one byte more is `limit_exceeded`', async () => {
    const { url } = await serve((socket) => {
      socket.send('12345678')
      socket.send('123456789')
    })
    const { items, failure } = await readAll(await webSocket({ url, maxMessageBytes: 8 }, recordedRequest()))
    expect(items.map((item) => item.data)).toEqual(['12345678'])
    expect(failure).toMatchObject({ code: 'limit_exceeded' })
  })
})

describe('what goes out', () => {
  test('leaves in order, text and binary, and is settled once each', async () => {
    const got: unknown[] = []
    const { url } = await serve((socket) =>
      socket.on('message', (data: Buffer, binary) => got.push(binary ? [...data] : data.toString())),
    )
    const link = await webSocket({ url }, recordedRequest())
    const batch = ['a', new Uint8Array([1, 2]), 'c', new Uint8Array([9, 8, 7]).subarray(1), new ArrayBuffer(1)].map(
      outgoing,
    )
    await link.write?.(batch)
    expect(await Promise.all(batch.map((item) => item.settled))).toEqual(Array(5).fill(undefined))
    await until(() => got.length === 5)
    expect(got).toEqual(['a', [1, 2], 'c', [8, 7], [0]])
    expect(batch.map((item) => item.times())).toEqual([1, 1, 1, 1, 1])
    link.close()
  })

  test('what is neither text nor bytes is refused without disturbing the rest', async () => {
    const got: string[] = []
    const { url } = await serve((socket) => socket.on('message', (data) => got.push(String(data))))
    const link = await webSocket({ url }, recordedRequest())
    const batch = ['a', { no: 1 }, undefined, 'b'].map(outgoing)
    await link.write?.(batch)
    const outcomes = await Promise.all(batch.map((item) => item.settled))
    expect(outcomes.map((error) => (error as TransportError | undefined)?.code)).toEqual([
      undefined,
      'encode_failed',
      'encode_failed',
      undefined,
    ])
    await until(() => got.length === 2)
    expect(got).toEqual(['a', 'b'])
    link.close()
  })

  test('waits above the high-water mark until the server reads', async () => {
    const { url, connections } = await serve((socket) => socket.pause())
    const link = await webSocket({ url }, recordedRequest())
    const batch = Array.from({ length: 400 }, () => outgoing('y'.repeat(64 * 1024)))
    let written = false
    const writing = link.write?.(batch).then(() => {
      written = true
    })
    await until(() => batch.filter((item) => item.times() > 0).length > 3)
    await turns(50)
    expect(written).toBe(false)
    expect(batch.at(-1)?.times()).toBe(0)
    connections[0]?.resume()
    await writing
    expect(await batch.at(-1)?.settled).toBeUndefined()
    link.close()
  })

  test('is settled with an error, every item once, when the connection dies under it', async () => {
    const { url, connections } = await serve((socket) => socket.pause())
    const link = await webSocket({ url }, recordedRequest())
    const batch = Array.from({ length: 400 }, () => outgoing('y'.repeat(64 * 1024)))
    const writing = link.write?.(batch)
    await until(() => batch.some((item) => item.times() > 0))
    connections[0]?.terminate()
    await writing
    const outcomes = await Promise.all(batch.map((item) => item.settled))
    expect(outcomes.some((error) => (error as TransportError | undefined)?.code === 'send_unconfirmed')).toBe(true)
    expect(outcomes.at(-1)).toMatchObject({ code: 'send_failed' })
    expect(batch.every((item) => item.times() === 1)).toBe(true)
  })

  test('a ping is answered, and the answer is heard', async () => {
    const { url } = await serve()
    const request = recordedRequest()
    const link = await webSocket({ url }, request)
    const reading = link.read(() => true)
    const before = request.heardCount()
    link.ping?.()
    await until(() => request.heardCount() > before)
    link.close()
    await expect(reading).rejects.toMatchObject({ code: 'aborted' })
  })
})
