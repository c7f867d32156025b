import { describe, expect, it } from 'vitest'
import { dialRequest, drain, httpRig, rejection, until, writeSlowly } from '../../test/rigs/http-rig.ts'
import { type HttpStreamInput, httpStream } from './http-stream.ts'

/** Serves one body with this content type, whole or byte by byte, and reads it to its end. */
async function read(
  body: string | Uint8Array,
  type: string,
  options: Partial<HttpStreamInput> = {},
  fullEvery?: number,
) {
  const rig = await httpRig((_request, response) =>
    response.writeHead(200, type ? { 'content-type': type } : {}).end(body),
  )
  return drain(await httpStream({ url: rig.url, ...options }, dialRequest()), fullEvery)
}

async function readByteByByte(body: string, type: string) {
  const bytes = new TextEncoder().encode(body)
  const rig = await httpRig((_request, response) => {
    const pieces = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1))
    void writeSlowly(response.writeHead(200, { 'content-type': type }), pieces).then(() => response.end())
  })
  return drain(await httpStream({ url: rig.url }, dialRequest()))
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

describe('reading lines', () => {
  it('reads NDJSON as text, without blank lines, CR or a byte order mark', async () => {
    const { data, end } = await read(
      '\ufeff{"a":1}\r\n\n \t\r\n {"b":"é"}\n{"c":3}',
      'application/x-ndjson; charset=utf-8',
    )
    expect([data, end]).toEqual([['{"a":1}', ' {"b":"é"}', '{"c":3}'], false])
  })

  it('keeps blank lines of plain text', async () => {
    const { data } = await read('a\n\r\nb\r\n', 'text/plain')
    expect(data).toEqual(['a', '', 'b'])
  })

  it.each(['application/x-ndjson', 'text/plain'])('makes the same of %s wherever the bytes are cut', async (type) => {
    const { data, end } = await readByteByByte('\ufeffé€😀\r\nb\n{"c":1}', type)
    expect([data, end]).toEqual([['é€😀', 'b', '{"c":1}'], false])
  })

  it('delivers the same to a consumer that is full after every message', async () => {
    const lines = Array.from({ length: 200 }, (_value, index) => String(index))
    const { data, end } = await read(lines.join('\n'), 'application/jsonl', {}, 1)
    expect([data, end]).toEqual([lines, false])
  })

  it.each([
    ['exactly the limit', 'é'.repeat(50), false],
    ['one byte more', `${'é'.repeat(50)}a`, true],
  ])('takes a line of %s', async (_name, line, tooLong) => {
    const { data, end } = await read(`first\n${line}\nlast\n`, 'text/plain', { maxMessageBytes: 100 })
    expect(data).toEqual(tooLong ? ['first'] : ['first', line, 'last'])
    if (tooLong) expect(end).toMatchObject({ code: 'limit_exceeded' })
  })

  it('cancels a line without end near 1 MiB', async () => {
    let written = 0
    let gone = false
    const rig = await httpRig((_request, response) => {
      const piece = Buffer.alloc(65_536, 'a')
      const more = (): void => {
        while (!gone && response.write(piece)) written += piece.length
      }
      response.on('drain', more)
      response.on('close', () => {
        gone = true
      })
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{"before":1}\n')
      more()
    })
    const { data, end } = await drain(await httpStream({ url: rig.url }, dialRequest()))
    expect(data).toEqual(['{"before":1}'])
    expect(end).toMatchObject({ code: 'limit_exceeded' })
    await until(() => gone && rig.connections() === 0)
    // What both kernels buffer comes on top of the mebibyte that was read.
    expect(written).toBeLessThan(32 * 1_048_576)
  })

  it('stops at bytes that are not UTF-8, after every line before them', async () => {
    const { data, end } = await read(
      Buffer.concat([Buffer.from('é\nb'), bytes(0xc0), Buffer.from('\nc\n')]),
      'text/plain',
    )
    expect(data).toEqual(['é'])
    expect(end).toMatchObject({ code: 'invalid_utf8' })
  })

  it('does not take half a character at the end for text', async () => {
    const { data, end } = await read(Buffer.concat([Buffer.from('a\nb'), bytes(0xe2, 0x82)]), 'text/plain')
    expect(data).toEqual(['a'])
    expect(end).toMatchObject({ code: 'invalid_utf8' })
  })
})

describe('reading a JSON text sequence', () => {
  const type = 'application/json-seq'

  it('delivers each text, also one with line feeds in it', async () => {
    const body = '\x1e{"a":1}\n\x1e\x1e{\n "b":\n 2}\n\x1e12\n'
    for (const { data, end } of [await read(body, type), await readByteByByte(body, type)]) {
      expect([data, end]).toEqual([['{"a":1}', '{\n "b":\n 2}', '12'], false])
    }
  })

  it('delivers a text before the next one begins', async () => {
    const rig = await httpRig((_request, response) => {
      response.writeHead(200, { 'content-type': type }).write('\x1e{"a":\n1}\n')
    })
    const link = await httpStream({ url: rig.url }, dialRequest())
    const data: unknown[] = []
    await link.read((item) => {
      data.push(item.data)
      return false
    })
    expect(data).toEqual(['{"a":\n1}'])
    link.close()
  })

  it('says when a text was cut short', async () => {
    const middle = await read('\x1etrue\n\x1etru\x1e1\n', type)
    expect(middle.data).toEqual(['true'])
    expect(middle.end).toMatchObject({ code: 'bad_frame' })
    const last = await read('\x1etrue\n\x1e12', type)
    expect(last.data).toEqual(['true'])
    expect(last.end).toMatchObject({ code: 'interrupted' })
  })

  it('refuses what does not begin with a separator', async () => {
    expect((await read('{"a":1}\n', type)).end).toMatchObject({ code: 'bad_frame' })
  })

  it('refuses a text over the limit, whole or endless', async () => {
    for (const body of [`\x1e1\n\x1e"${'a'.repeat(200)}"\n\x1e`, `\x1e1\n\x1e"${'a'.repeat(200)}`]) {
      const { data, end } = await read(body, type, { maxMessageBytes: 100 })
      expect(data).toEqual(['1'])
      expect(end).toMatchObject({ code: 'limit_exceeded' })
    }
  })
})

describe('reading pieces', () => {
  it('cuts bytes to the size that was asked for', async () => {
    const { data } = await read(bytes(1, 2, 3, 4, 5, 6, 7, 8, 9), 'application/octet-stream', { chunkBytes: 4 })
    expect(data.map((piece) => (piece instanceof Uint8Array ? [...piece] : piece))).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9],
    ])
  })

  it('cuts text to the size that was asked for, never inside a character', async () => {
    const text = '\ufeffé€😀abcdefg€€€€😀'
    const { data, end } = await read(text, 'text/plain', { format: 'text', chunkBytes: 5 })
    expect(data.join('')).toBe(text.slice(1))
    for (const piece of data) expect(new TextEncoder().encode(String(piece)).length).toBeLessThanOrEqual(5)
    expect(data.length).toBeGreaterThan(5)
    expect(end).toBe(false)
  })

  it('says when text ends inside a character', async () => {
    const { data, end } = await read(Buffer.concat([Buffer.from('ab'), bytes(0xe2)]), 'text/plain', { format: 'text' })
    expect(data).toEqual(['ab'])
    expect(end).toMatchObject({ code: 'invalid_utf8' })
  })
})

describe('an answer that is no stream', () => {
  it.each(['text/html', 'application/xhtml+xml'])('is refused when it is %s', async (type) => {
    const rig = await httpRig((_request, response) => response.writeHead(200, { 'content-type': type }).end('<p>'))
    for (const format of ['ndjson', 'text', undefined] as const) {
      const error = await rejection(httpStream({ url: rig.url, format }, dialRequest()))
      expect(error).toMatchObject({ code: 'unexpected_content_type', contentType: type })
    }
  })

  it('is refused when it is an event stream, unless lines were asked for', async () => {
    const rig = await httpRig((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: a\n'),
    )
    expect(await rejection(httpStream({ url: rig.url }, dialRequest()))).toMatchObject({
      code: 'unexpected_content_type',
    })
    expect((await drain(await httpStream({ url: rig.url, format: 'lines' }, dialRequest()))).data).toEqual(['data: a'])
  })

  it('is refused with its status, and a POST is then not repeatable', async () => {
    const rig = await httpRig((_request, response) => response.writeHead(500).end())
    expect(await rejection(httpStream({ url: rig.url }, dialRequest()))).toMatchObject({
      code: 'http_status',
      repeatable: true,
    })
    expect(await rejection(httpStream({ url: rig.url, body: {} }, dialRequest()))).toMatchObject({
      status: 500,
      repeatable: false,
    })
  })

  it('ends at once with 204', async () => {
    const rig = await httpRig((_request, response) => response.writeHead(204).end())
    expect(await drain(await httpStream({ url: rig.url }, dialRequest()))).toMatchObject({ data: [], end: false })
  })

  it('is interrupted when the last message never came', async () => {
    const { data, end } = await read('a\nb', 'text/plain', { until: ({ data }) => data === 'z' })
    expect(data).toEqual(['a', 'b'])
    expect(end).toMatchObject({ code: 'interrupted' })
  })

  it('is interrupted when the last line of NDJSON is half a record', async () => {
    const { data, end } = await read('{"a":1}\n{"a":', 'application/x-ndjson')
    expect(data).toEqual(['{"a":1}'])
    expect(end).toMatchObject({ code: 'interrupted' })
  })
})

describe('options of a stream', () => {
  it.each([{ format: 'xml' }, { chunkBytes: 3 }, { chunkBytes: 1.5 }])('refuses %j', async (options) => {
    const input = { url: 'http://127.0.0.1:1', ...options } as HttpStreamInput
    expect(await rejection(httpStream(input, dialRequest()))).toMatchObject({ code: 'bad_option' })
  })
})
