import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventStreamParser } from './event-stream-parser.ts'

/** What a parser says, in its order. */
type Said = { data: string; event?: string | undefined } | { id: string } | { retry: number }

/** Feeds the pieces to a new parser and gives what it says. */
function parse(pieces: readonly string[], maxBytes = 1_048_576): Said[] {
  const said: Said[] = []
  const parser = createEventStreamParser({
    maxBytes,
    onEvent: (data, event) => said.push({ data, event }),
    onId: (id) => said.push({ id }),
    onRetry: (retry) => said.push({ retry }),
  })
  for (const piece of pieces) parser.feed(piece)
  return said
}

/** The data of the events before the fault, and the fault. */
function parseUntilFault(pieces: Iterable<string>, maxBytes: number): { data: string[]; fed: number; fault: unknown } {
  const data: string[] = []
  const ignore = (): void => undefined
  const parser = createEventStreamParser({
    maxBytes,
    onEvent: (text) => data.push(text),
    onId: ignore,
    onRetry: ignore,
  })
  let fed = 0
  try {
    for (const piece of pieces) {
      fed += piece.length
      parser.feed(piece)
    }
  } catch (fault) {
    return { data, fed, fault }
  }
  return { data, fed, fault: undefined }
}

function parseWithTheirs(pieces: readonly string[]): Said[] {
  const said: Said[] = []
  const parser = createParser({
    onEvent: ({ data, event }) => said.push({ data, event }),
    onId: (id) => said.push({ id }),
    onRetry: (retry) => said.push({ retry }),
  })
  for (const piece of pieces) parser.feed(piece)
  return said
}

function datum(data: string): Said {
  return { data }
}

function cut(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  )
}

/** Far more than any limit, so that a parser without one fails the test and not the machine. */
function* endless(beginning: string, more: string): Generator<string> {
  yield beginning
  for (let length = 0; length < 8_000_000; length += more.length) yield more
}

describe('the rules of an event stream', () => {
  const cases: [rule: string, stream: string, said: Said[]][] = [
    ['joins data lines with LF', 'data: a\ndata:\ndata: b\n\n', [{ data: 'a\n\nb' }]],
    ['takes off one space after the colon, and no more', 'data:a\n\ndata:  b \n\n', [{ data: 'a' }, { data: ' b ' }]],
    ['takes no tab off', 'data:\ta\n\n', [{ data: '\ta' }]],
    ['keeps colons of a value', 'data: a: b\n\n', [{ data: 'a: b' }]],
    ['takes a field without a colon for an empty one', 'data\n\ndata\ndata\n\n', [{ data: '' }, { data: '\n' }]],
    ['takes one empty data line for an event', 'data:\n\n', [{ data: '' }]],
    ['takes CR, LF and CRLF for line ends', 'data: a\r\rdata: b\r\n\r\ndata: c\n\r\n', 'abc'.split('').map(datum)],
    ['takes LF CR for two line ends', 'data: a\n\rdata: b\n\n', [{ data: 'a' }, { data: 'b' }]],
    ['drops one byte order mark', '\ufeffdata: a\n\n', [{ data: 'a' }]],
    ['drops no second byte order mark', '\ufeff\ufeffdata: a\n\n', []],
    ['drops no byte order mark further on', 'data: a\n\n\ufeffdata: b\n\n', [{ data: 'a' }]],
    ['takes three characters that look like its bytes for text', 'ï»¿data: a\n\n', []],
    ['ignores comments', ': a\n:data: b\ndata: c\n:\n\n', [{ data: 'c' }]],
    ['ignores other fields', 'datum: a\ndata : b\n data: c\ndata2: d\nDATA: e\nid2: f\neventual\n\n', []],
    ['gives an event its last name', 'event: a\nevent: b\ndata: c\n\n', [{ data: 'c', event: 'b' }]],
    ['takes an empty name for none', 'event: a\nevent:\ndata: b\n\nevent\ndata: c\n\n', [{ data: 'b' }, { data: 'c' }]],
    ['forgets the name with the event', 'event: a\n\ndata: b\n\n', [{ data: 'b' }]],
    ['dispatches nothing without data, but moves the id', 'id: 1\nevent: a\n\n', [{ id: '1' }]],
    ['tells an id with the blank line, before the data', 'data: a\nid: 1\nid: 2\n\n', [{ id: '2' }, { data: 'a' }]],
    ['takes an empty id for one', 'id: 1\n\nid:\n\nid\n\n', [{ id: '1' }, { id: '' }, { id: '' }]],
    ['ignores an id with NUL in it', 'id: 1\nid: 2\0\n\n', [{ id: '1' }]],
    ['keeps NUL elsewhere', 'event: \0\ndata: \0\n\n', [{ data: '\0', event: '\0' }]],
    ['takes digits for a reconnection time', 'retry: 1500\nretry:007\n', [{ retry: 1500 }, { retry: 7 }]],
    ['ignores other reconnection times', 'retry\nretry:\nretry: -1\nretry: 1e3\nretry:  1\nretry: 1.5\nretry: ١\n', []],
    ['drops the event that is not over', 'data: a\n\nid: 1\ndata: b\n', [{ data: 'a' }]],
    ['drops the line that is not over', 'data: a\n\nretry: 1', [{ data: 'a' }]],
  ]

  it.each(cases)('%s', (_rule, stream, said) => {
    expect(parse([stream])).toEqual(said)
    expect(parse(stream.split('')), 'one character at a time').toEqual(said)
    expect(parse(stream.split('').flatMap((character) => ['', character])), 'with empty pieces').toEqual(said)
  })

  it('dispatches at a CR without waiting for what may be its LF', () => {
    const said: string[] = []
    const ignore = (): void => undefined
    const parser = createEventStreamParser({
      maxBytes: 100,
      onEvent: (data) => said.push(data),
      onId: ignore,
      onRetry: ignore,
    })
    parser.feed('data: a\r\n\r')
    expect(said).toEqual(['a'])
    parser.feed('\ndata: b\n\n')
    expect(said).toEqual(['a', 'b'])
  })
})

describe('the limits of an event stream', () => {
  const limit = { code: 'limit_exceeded' }

  it.each([
    ['one line', `data: ${'é'.repeat(50)}\n\n`, 'é'.repeat(50), 100],
    ['many lines', 'data: a\n'.repeat(50).concat('\n'), 'a\n'.repeat(50).trim(), 99],
  ])('takes %s of data as long as the limit, and not one byte more', (_how, stream, data, bytes) => {
    for (const size of [1, 7, 1_000]) {
      expect(parseUntilFault(cut(stream, size), bytes)).toMatchObject({ data: [data], fault: undefined })
      expect(parseUntilFault(cut(`data: x\n\n${stream}`, size), bytes - 1)).toMatchObject({ data: ['x'], fault: limit })
    }
  })

  it.each(['data: ', 'data', 'event: ', 'id: ', 'retry: 1', ': ', 'x', 'x: '])(
    'gives a line up that begins with "%s" and never ends, soon after the limit',
    (beginning) => {
      const { fed, fault } = parseUntilFault(endless(beginning, 'a'.repeat(16_384)), 1_048_576)
      expect(fault).toMatchObject(limit)
      expect(fed).toBeLessThan((beginning.startsWith('data: ') ? 1_048_576 : 65_536) + 32_768)
    },
  )

  it('gives data up that comes in lines without end', () => {
    const { fed, fault } = parseUntilFault(endless('', 'data: aaaaaaaaa\n'), 100_000)
    expect(fault).toMatchObject(limit)
    expect(fed).toBeLessThan(200_000)
  })

  it('takes comments and fields of 64 KiB, and more of them than fit in an event', () => {
    const lines = `:${'a'.repeat(65_535)}\nfield: ${'b'.repeat(65_000)}\n`.repeat(3)
    for (const size of [1_460, 1_000_000]) {
      expect(parseUntilFault(cut(`${lines}data: c\n\n`, size), 10)).toMatchObject({ data: ['c'], fault: undefined })
      expect(parseUntilFault(cut(`:${'a'.repeat(65_536)}\n`, size), 10)).toMatchObject({ fault: limit })
    }
  })

  it('reads a line of 1 MiB that comes in single characters', { timeout: 20_000 }, () => {
    // Not within the time if each character cost a look at those before it.
    const line = 'a'.repeat(1_048_576)
    expect(parse(cut(`data: ${line}\n\n`, 1))).toEqual([{ data: line, event: undefined }])
  })
})

describe('compared with eventsource-parser', () => {
  it('says the same of any stream, cut anywhere', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.log(`event-stream-parser: seed ${seed}`)
    const fields = ['data', 'event', 'id', 'retry', 'dat', 'datax', 'x', '', ' data', 'idx', '\ufeffdata']
    const text = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '  a',
        ':',
        'a:b',
        '\0',
        'é€😀',
        '15',
        '015',
        '-1',
        '\ufeff',
        'a longer text of some words',
      ),
      fc.string({ maxLength: 20 }).map((value) => value.replace(/[\r\n]/g, '')),
    )
    const line = fc
      .tuple(fc.constantFrom(...fields), fc.constantFrom(':', ': ', ':  ', '', ' '), text)
      .map((parts) => parts.join(''))
    const stream = fc
      .tuple(
        fc.constantFrom('', '\ufeff', '\ufeff\ufeff'),
        fc.array(fc.tuple(fc.oneof(line, fc.constant('')), fc.constantFrom('\n', '\n', '\r', '\r\n')), {
          maxLength: 30,
        }),
        fc.oneof(line, fc.constant('')),
      )
      .map(([mark, lines, rest]) => mark + lines.flat().join('') + rest)
      // The one place where it deviates from the standard: it drops these three characters too, as if they were bytes.
      .filter((whole) => !whole.startsWith('\u00ef'))
    const cuts = fc.array(fc.nat(400), { maxLength: 30 })
    fc.assert(
      fc.property(stream, cuts, (whole, places) => {
        const edges = [0, ...places.map((place) => Math.min(place, whole.length)).sort((a, b) => a - b), whole.length]
        const pieces = edges.slice(1).map((edge, index) => whole.slice(edges[index], edge))
        expect(parse(pieces)).toEqual(parseWithTheirs(pieces))
      }),
      { seed, numRuns: 3_000 },
    )
  })
})
