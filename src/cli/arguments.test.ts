import { describe, expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import { readCommand } from './arguments.ts'
import type { TailOptions } from './options.ts'

const address = 'http://127.0.0.1/events'

function optionsOf(...argv: string[]): TailOptions {
  const command = readCommand(['tail', ...argv])
  if (command.name !== 'tail') throw new Error(`expected tail, got ${command.name}`)
  return command.options
}

function refusal(...argv: string[]): TransportError {
  try {
    readCommand(argv)
  } catch (error) {
    if (error instanceof TransportError) return error
  }
  throw new Error('the arguments were accepted')
}

describe('what is understood', () => {
  test('a URL alone gets every default', () => {
    expect(optionsOf(address)).toEqual({
      url: new URL(address),
      via: undefined,
      headers: [],
      data: undefined,
      method: undefined,
      json: false,
      from: undefined,
      protocols: [],
      maxAttempts: undefined,
      count: undefined,
      connectTimeout: undefined,
      until: undefined,
      quiet: false,
      color: true,
      insecure: false,
    })
  })

  test('long options, in any place', () => {
    const options = optionsOf(
      '--header',
      'A: 1',
      '--data',
      '{}',
      address,
      '--method',
      'PUT',
      '--max-attempts',
      '0',
      '--count=3',
      '--timeout',
      '0.5',
    )
    expect(options).toMatchObject({
      headers: [['A', '1']],
      data: '{}',
      method: 'PUT',
      maxAttempts: 0,
      count: 3,
      connectTimeout: 500,
    })
  })

  test('short options, joined with their values and with each other', () => {
    const options = optionsOf('-jq', '-HAccept: x', '-H', 'B:2', '-d@file', '-XPUT', '-n2', address)
    expect(options).toMatchObject({
      json: true,
      quiet: true,
      headers: [
        ['Accept', 'x'],
        ['B', '2'],
      ],
      data: '@file',
      method: 'PUT',
      count: 2,
    })
  })

  test.each([['--from', '-1'], ['-f', '-1'], ['--from=-1'], ['-f-1']])(
    'the beginning of a stream, written %s %s',
    (...argv) => {
      expect(optionsOf(address, ...argv).from).toBe('-1')
    },
  )

  test('a lone dash is stdin, not an option', () => {
    expect(optionsOf(address, '--data', '-').data).toBe('-')
  })

  test('a header keeps the colons of its value and may be empty', () => {
    expect(optionsOf(address, '-H', 'X-Url: http://a:1', '-H', 'X-Empty:').headers).toEqual([
      ['X-Url', 'http://a:1'],
      ['X-Empty', ''],
    ])
  })

  test('several sub-protocols on a WebSocket, by scheme or by name', () => {
    expect(optionsOf('wss://h/', '--protocol', 'a', '--protocol', 'b').protocols).toEqual(['a', 'b'])
    expect(optionsOf(address, '--via', 'websocket', '--protocol', 'a').protocols).toEqual(['a'])
  })

  test('the fragment of a URL is dropped', () => {
    expect(optionsOf(`${address}#part`).url.href).toBe(address)
  })

  test('help and version win over everything that is missing', () => {
    expect(readCommand(['--help'])).toEqual({ name: 'help', of: 'tail' })
    expect(readCommand(['tail', '-h'])).toEqual({ name: 'help', of: 'tail' })
    expect(readCommand(['serve', '-h'])).toEqual({ name: 'help', of: 'serve' })
    expect(readCommand(['-V'])).toEqual({ name: 'version' })
  })
})

describe('what is refused', () => {
  test.each([
    [[], /command is missing/],
    [['watch'], /Unknown command/],
    [['tail'], /needs a URL/],
    [['tail', address, address], /one URL/],
    [['tail', address, '--heder', 'x'], /Unknown option --heder/],
    [['tail', address, '--json=yes'], /--json takes no value/],
    [['tail', address, '--count'], /--count needs a value/],
    [['tail', address, '--until', '--end'], /--until=VALUE/],
    [['tail', address, '--count', '0'], /--count must be a whole number, 1 or more/],
    [['tail', address, '--count', '1e3'], /--count/],
    [['tail', address, '--max-attempts', '1.5'], /--max-attempts must be a whole number, 0 or more/],
    [['tail', address, '--timeout', '0'], /--timeout/],
    [['tail', address, '--timeout', '86401'], /--timeout/],
    [['tail', address, '--timeout', 'Infinity'], /--timeout/],
    [['tail', address, '--via', 'carrier-pigeon'], /--via is one of sse, ndjson/],
    [['tail', address, '--header', 'no colon'], /--header is written/],
    [['tail', address, '--protocol', 'x'], /--protocol needs a WebSocket/],
    [['tail', address, '--insecure'], /--insecure needs an https or wss URL/],
    [['tail', address, '--via', 'durable', '--data', 'x'], /--via durable reads by GET/],
    [['tail', 'ws://h/', '--via', 'sse'], /--via sse needs an http or https URL/],
    [['tail', 'ws://h/', '--from', '3'], /--from has no meaning/],
    [['tail', 'ws://h/', '-X', 'POST'], /--method has no meaning/],
  ])('%j', (argv, sentence) => {
    const error = refusal(...argv)
    expect(error.code).toBe('bad_option')
    expect(error.message).toMatch(sentence)
  })

  test.each(['localhost:80/x', '/events', 'ftp://h/', 'file:///etc/passwd', 'http://', ''])('the address %j', (bad) => {
    expect(refusal('tail', bad).code).toBe('bad_url')
  })

  test('a URL with a password, which a process list and a proxy log would show', () => {
    expect(refusal('tail', 'http://user:hunter2@h/')).toMatchObject({
      code: 'bad_url',
      message: expect.not.stringContaining('hunter2'),
    })
  })

  test.each([
    ['--heder=Authorization: hunter2'],
    ['--json=hunter2'],
    ['--count', 'hunter2'],
    ['--header', 'hunter2'],
    ['hunter2'],
    ['--until', '--hunter2=x'],
  ])('never quotes the value in %s %s', (...argv) => {
    expect(refusal('tail', address, ...argv).message).not.toContain('hunter2')
  })
})
