import { expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import { elapsed, type Narration, narrate } from './narration.ts'

function narrated(
  tell: (narration: Narration, pass: (milliseconds: number) => void) => void,
  options: { color?: boolean; quiet?: boolean } = {},
): string {
  let text = ''
  let now = 5_000
  const narration = narrate({
    write: (more) => {
      text += more
    },
    color: options.color ?? false,
    quiet: options.quiet ?? false,
    now: () => now,
  })
  tell(narration, (milliseconds) => {
    now += milliseconds
  })
  return text
}

const cut = new TransportError('interrupted', 'The stream stopped before its end.')

const wholeRun = (narration: Narration, pass: (milliseconds: number) => void): void => {
  narration.connecting('http://h/a')
  pass(120)
  narration.connected('sse', false, null)
  pass(4_000)
  narration.reconnecting(1, 440, cut)
  pass(500)
  narration.connected('sse', true, '42')
  pass(60_000)
  narration.closed({
    reason: 'interrupted',
    received: 7,
    reconnects: 1,
    position: '43',
    command: 'statewire tail http://h/a --from 43',
  })
}

test('a whole run, with relative times', () => {
  expect(narrated(wholeRun)).toBe(
    [
      '   0.0 s  connecting · http://h/a',
      '   0.1 s  connected · sse',
      '   4.1 s  reconnecting · try 2 in 0.4 s · interrupted: The stream stopped before its end.',
      '   4.6 s  connected · sse · going on after 42',
      '    1:04  closed · interrupted · 7 received · 1 reconnected · last position 43',
      '          go on with: statewire tail http://h/a --from 43',
      '',
    ].join('\n'),
  )
})

test('quiet tells failures, gaps and warnings only', () => {
  const text = narrated(
    (narration, pass) => {
      wholeRun(narration, pass)
      narration.paused()
      narration.failed(cut)
      narration.gap({ reason: 'trimmed', lost: null })
      narration.warn('careful')
    },
    { quiet: true },
  )
  expect(text.split('\n').map((line) => line.trim().split('  ').at(-1)?.split(' · ')[0])).toEqual([
    'error',
    'gap',
    'warning',
    '',
  ])
  expect(text).toContain('an unknown number of messages are gone (trimmed)')
})

test('a stream without positions says what that means', () => {
  expect(narrated((narration) => narration.connected('ndjson', true, null))).toContain('may be missing or come twice')
})

test('colours are put around the state, and taken off again', () => {
  expect(narrated((narration) => narration.connected('sse', false, null), { color: true })).toBe(
    '\x1b[2m   0.0 s\x1b[0m  \x1b[32mconnected\x1b[0m · sse\n',
  )
})

test('a position or a protocol of the server cannot steer the terminal', () => {
  const text = narrated((narration) => narration.connected('websocket:\x1b[2J', true, '1\n\x07'))
  expect(text).toBe('   0.0 s  connected · websocket:␛[2J · going on after 1␊␇\n')
})

test.each([
  [0, '0.0 s'],
  [59_999, '59.9 s'],
  [60_000, '1:00'],
  [125_000, '2:05'],
  [100_000_000, '27:46:40'],
])('%i ms is %s', (milliseconds, text) => {
  expect(elapsed(milliseconds)).toBe(text)
})
