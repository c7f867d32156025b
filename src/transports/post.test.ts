import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { httpRig, rejection, requestText, until } from '../../test/rigs/http-rig.ts'
import type { Outgoing } from '../link.ts'
import { createPoster, type PosterOptions } from './post.ts'

/** An item whose fate can be awaited. */
function outgoing(data: unknown): Outgoing & { readonly fate: Promise<void>; readonly settled: number } {
  let settled = 0
  let settle: Outgoing['settle'] = () => undefined
  const fate = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error))
  })
  fate.catch(() => undefined)
  return {
    data,
    fate,
    get settled() {
      return settled
    },
    settle(error) {
      settled++
      settle(error)
    },
  }
}

const poster = (url: string, input: Partial<PosterOptions['input']> = {}, options: Partial<PosterOptions> = {}) =>
  createPoster({ input: { url, ...input }, answer: () => undefined, delay: () => Promise.resolve(), ...options })

describe('posting to a stranger', () => {
  it('keeps the order, one request at a time', async () => {
    const got: string[] = []
    let open = 0
    let most = 0
    const rig = await httpRig((request, response) => {
      most = Math.max(most, ++open)
      void requestText(request).then((body) => {
        got.push(body)
        response.writeHead(201).end('created')
        open--
      })
    })
    const items = Array.from({ length: 20 }, (_value, index) => outgoing(String(index)))
    const { write } = poster(rig.url)
    await Promise.all([write(items.slice(0, 5)), write(items.slice(5))])
    await Promise.all(items.map((item) => item.fate))
    expect(got).toEqual(items.map((item) => item.data))
    expect(most).toBe(1)
  })

  it('sends text as JSON, bytes as bytes, and values as JSON', async () => {
    const got: unknown[] = []
    const rig = await httpRig((request, response) => {
      void requestText(request).then((body) => {
        got.push([request.method, request.headers['content-type'], request.headers['producer-id'], body])
        response.end()
      })
    })
    const items = ['"a"', new TextEncoder().encode('b'), { c: 1 }].map(outgoing)
    await poster(rig.url, { sendMethod: 'PUT' }).write(items)
    await Promise.all(items.map((item) => item.fate))
    expect(got).toEqual([
      ['PUT', 'application/json', undefined, '"a"'],
      ['PUT', 'application/octet-stream', undefined, 'b'],
      ['PUT', 'application/json', undefined, '{"c":1}'],
    ])
  })

  it("sends the read's headers within its origin, and sendHeaders everywhere", async () => {
    const seen: unknown[] = []
    const note = (request: IncomingMessage, response: ServerResponse): void => {
      seen.push([request.url, request.headers.authorization, request.headers['x-own'], request.headers['content-type']])
      response.end()
    }
    const [home, abroad] = [await httpRig(note), await httpRig(note)]
    const input = {
      headers: { authorization: 'secret', 'content-type': 'application/x-query' },
      query: { live: 'sse' },
      sendHeaders: () => ({ 'x-own': '1' }),
    }
    for (const sendUrl of [undefined, `${home.url}/send`, `${abroad.url}/send`]) {
      const item = outgoing('1')
      await poster(home.url, { ...input, sendUrl }).write([item])
      await item.fate
    }
    expect(seen).toEqual([
      ['/', 'secret', '1', 'application/json'],
      ['/send', 'secret', '1', 'application/json'],
      ['/send', undefined, '1', 'application/json'],
    ])
  })

  it('settles a refused item alone, and goes on; nothing is sent twice', async () => {
    const got: string[] = []
    const rig = await httpRig((request, response) => {
      void requestText(request).then((body) => {
        got.push(body)
        if (body === '"cut"') request.socket.destroy()
        else response.writeHead(body === '"bad"' ? 422 : 200, { 'retry-after': '1' }).end()
      })
    })
    const [first, bad, cut, last] = ['"first"', '"bad"', '"cut"', '"last"'].map(outgoing)
    if (!first || !bad || !cut || !last) throw new Error('unreachable')
    await poster(rig.url).write([first, bad, cut, last])
    await first.fate
    expect(await rejection(bad.fate)).toMatchObject({ code: 'send_failed', status: 422, retryAfterMs: 1_000 })
    expect(await rejection(cut.fate)).toMatchObject({ code: 'send_unconfirmed', repeatable: false })
    await last.fate
    expect(got).toEqual(['"first"', '"bad"', '"cut"', '"last"'])
  })

  it('says send_failed for what never left', async () => {
    const items = [outgoing('1'), outgoing(undefined)]
    await poster('http://user:secret@127.0.0.1/').write(items)
    for (const item of items) {
      const error = await rejection(item.fate)
      expect(error).toMatchObject({ code: 'send_failed' })
      expect(String(error)).not.toContain('secret')
    }
  })

  it('takes more only when the items before have started', async () => {
    const held: ServerResponse[] = []
    const rig = await httpRig((_request, response) => held.push(response))
    const { write, close } = poster(rig.url)
    let room = false
    const writing = write([outgoing('1'), outgoing('2')]).then(() => {
      room = true
    })
    await until(() => held.length === 1)
    expect(room).toBe(false)
    held[0]?.end()
    await writing
    close()
  })

  it('rejects the rest when it is closed, each once, and leaves no connection', async () => {
    const rig = await httpRig(() => undefined)
    const items = [outgoing('1'), outgoing('2')]
    const { write, close } = poster(rig.url)
    const writing = write(items)
    await until(() => rig.asked.length === 1)
    close()
    close()
    await writing
    const late = outgoing('3')
    await write([late])
    expect(await rejection(items[0]?.fate ?? Promise.resolve())).toMatchObject({ code: 'send_unconfirmed' })
    expect(await rejection(items[1]?.fate ?? Promise.resolve())).toMatchObject({ code: 'send_failed' })
    expect(await rejection(late.fate)).toMatchObject({ code: 'send_failed' })
    await until(() => rig.connections() === 0)
    expect(items.map((item) => item.settled)).toEqual([1, 1])
  })

  it('does not wait for an answer without end', async () => {
    const rig = await httpRig((_request, response) => {
      const fill = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', fill)
      fill()
    })
    const items = [outgoing('1'), outgoing('2')]
    await poster(rig.url).write(items)
    await Promise.all(items.map((item) => item.fate))
    await until(() => rig.connections() === 0)
  })
})

interface Append {
  readonly producer: string
  readonly sequence: number
  readonly body: string
}

/** A stream server as far as a producer sees it, with a hand in every answer. */
async function appendRig(spoil: (append: Append, response: ServerResponse) => boolean = () => false) {
  const log: string[] = []
  const expected = new Map<string, number>()
  const rig = await httpRig((request, response) => {
    void requestText(request).then((body) => {
      const producer = String(request.headers['producer-id'])
      const append = { producer, sequence: Number(request.headers['producer-seq']), body }
      if (spoil(append, response)) return
      const next = expected.get(producer) ?? 0
      if (append.sequence < next) return response.writeHead(204).end()
      if (append.sequence > next) {
        return response
          .writeHead(409, { 'producer-expected-seq': String(next), 'producer-received-seq': String(append.sequence) })
          .end()
      }
      expected.set(producer, next + 1)
      log.push(body)
      response.writeHead(200).end()
    })
  })
  return { ...rig, log, expected }
}

const numbers = (length: number) => Array.from({ length }, (_value, index) => outgoing(String(index)))
const wrapped = (items: readonly Outgoing[]): string[] => items.map((item) => `[${item.data}]`)
const known: Partial<PosterOptions> = {
  answer: () => ({ header: (name) => (name === 'statewire-Protocol' ? '1' : undefined) }),
}

describe('posting to a stream server', () => {
  it('has several requests on their way, applied in order, each value in an array', async () => {
    let open = 0
    let most = 0
    const rig = await appendRig()
    const slow = await httpRig((_request, response) => {
      most = Math.max(most, ++open)
      response.on('close', () => open--)
      if (open === 8) setImmediate(() => response.end())
    })
    const held = poster(slow.url, {}, known)
    void held.write(numbers(20))
    await until(() => most === 8)
    held.close()
    const items = numbers(100)
    await poster(rig.url, {}, known).write(items)
    await Promise.all(items.map((item) => item.fate))
    expect(rig.log).toEqual(wrapped(items))
    expect(most).toBe(8)
  })

  it('sends again what came too early, after those before it', async () => {
    const held: (() => void)[] = []
    let early = 0
    const rig = await appendRig((append, response) => {
      // The first one dawdles until three others have been turned away.
      if (append.sequence === 0 && held.length === 0) {
        held.push(() => {
          rig.expected.set(append.producer, 1)
          rig.log.push(append.body)
          response.writeHead(200).end()
        })
        return true
      }
      if (!rig.expected.has(append.producer) && ++early === 3) held[0]?.()
      return false
    })
    const items = numbers(30)
    await poster(rig.url, {}, known).write(items)
    await Promise.all(items.map((item) => item.fate))
    expect(rig.log).toEqual(wrapped(items))
    expect(rig.expected.size).toBe(1)
  })

  it('repeats the same number after a broken connection, with jitter, and nothing is there twice', async () => {
    const waits: number[] = []
    let cuts = 0
    const rig = await appendRig((append, response) => {
      if (append.sequence !== 1 || cuts === 3) return false
      // The second cut comes after the append was applied: the worst case.
      if (++cuts === 2) {
        rig.expected.set(append.producer, 2)
        rig.log.push(append.body)
      }
      response.destroy()
      return true
    })
    const items = numbers(3)
    const delay: PosterOptions['delay'] = async (milliseconds) => {
      waits.push(milliseconds)
    }
    await poster(rig.url, {}, { ...known, delay, random: () => 0.5 }).write(items)
    await Promise.all(items.map((item) => item.fate))
    expect(rig.log).toEqual(wrapped(items))
    expect(waits).toEqual([125, 250, 500])
  })

  it('gives up after three repetitions, and the others go on', async () => {
    const rig = await appendRig((append, response) => {
      if (append.body !== '[1]') return false
      response.destroy()
      return true
    })
    const items = numbers(5)
    await poster(rig.url, {}, known).write(items)
    expect(await rejection(items[1]?.fate ?? Promise.resolve())).toMatchObject({ code: 'send_unconfirmed' })
    await Promise.all(items.filter((_item, index) => index !== 1).map((item) => item.fate))
    expect(rig.log).toEqual(['[0]', '[2]', '[3]', '[4]'])
  })

  it('goes on under a fresh producer when an item is refused', async () => {
    const rig = await appendRig((append, response) => {
      if (append.body !== '[2]') return false
      response.writeHead(413).end()
      return true
    })
    const items = numbers(30)
    await poster(rig.url, {}, known).write(items)
    expect(await rejection(items[2]?.fate ?? Promise.resolve())).toMatchObject({ code: 'send_failed', status: 413 })
    await Promise.all(items.filter((_item, index) => index !== 2).map((item) => item.fate))
    expect(rig.log).toEqual(wrapped(items).filter((body) => body !== '[2]'))
    expect(rig.expected.size).toBe(2)
  })

  it('goes on when the server forgets its producers', async () => {
    const rig = await appendRig((append) => {
      if (append.body === '[10]') rig.expected.clear()
      return false
    })
    const items = numbers(12)
    const { write } = poster(rig.url, {}, known)
    for (const item of items) {
      await write([item])
      await item.fate
    }
    expect(rig.log).toEqual(wrapped(items))
  })

  it('gives up on a server that never takes the number', async () => {
    const rig = await httpRig((_request, response) => response.writeHead(409, { 'producer-expected-seq': '0' }).end())
    const items = numbers(3)
    await poster(rig.url, {}, known).write(items)
    for (const item of items) expect(await rejection(item.fate)).toMatchObject({ code: 'send_failed' })
  })

  it('takes a closed stream for a refusal', async () => {
    const rig = await httpRig((_request, response) => response.writeHead(409, { 'stream-closed': 'true' }).end())
    const item = outgoing('1')
    await poster(rig.url, {}, known).write([item])
    expect(await rejection(item.fate)).toMatchObject({ code: 'send_failed', status: 409 })
  })

  it('does not number what goes to another address', async () => {
    const seen: unknown[] = []
    const rig = await httpRig((request, response) => {
      seen.push(request.headers['producer-id'])
      response.end()
    })
    const item = outgoing('1')
    await poster(rig.url, { sendUrl: `${rig.url}/other` }, known).write([item])
    await item.fate
    expect(seen).toEqual([undefined])
  })

  it('rejects everything once when it is closed', async () => {
    const rig = await httpRig(() => undefined)
    const items = numbers(12)
    const { write, close } = poster(rig.url, {}, known)
    const writing = write(items)
    await until(() => rig.asked.length === 8)
    close()
    await writing
    const codes = await Promise.all(items.map(async (item) => Reflect.get(Object(await rejection(item.fate)), 'code')))
    expect(codes).toEqual([...Array(8).fill('send_unconfirmed'), ...Array(4).fill('send_failed')])
    expect(items.every((item) => item.settled === 1)).toBe(true)
    await until(() => rig.connections() === 0)
  })
})
