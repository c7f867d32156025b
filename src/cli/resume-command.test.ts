import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { readCommand } from './arguments.ts'
import { resumeCommand, shownUrl } from './resume-command.ts'

function commandAfter(argv: string[], position: string): string | undefined {
  const command = readCommand(['tail', ...argv])
  return command.name === 'tail' ? resumeCommand(command.options, position) : undefined
}

/** What a shell makes of the line: the judge of our quoting is the shell itself. */
function wordsOf(line: string): string[] {
  return execFileSync('/bin/sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)
}

test('every option that matters comes along', () => {
  const argv = [
    'http://h/a',
    '-j',
    '-q',
    '--no-color',
    '--via',
    'sse',
    '--count',
    '3',
    '--timeout',
    '2.5',
    '--until',
    'the end',
    '--max-attempts',
    '0',
  ]
  const [name, ...rest] = wordsOf(commandAfter(argv, '42') ?? '')
  expect(name).toBe('statewire')
  expect(readCommand(rest)).toEqual(readCommand(['tail', ...argv, '--from', '42']))
})

test.each(['42', "it's", '$(id)', '`id`', 'a b', '--x', '-1', '!!', '"', '\\', '*', ';id', '日本'])(
  'the position %j survives the shell',
  (position) => {
    const [, ...rest] = wordsOf(commandAfter(['http://h/a'], position) ?? '')
    expect(readCommand(rest)).toMatchObject({ options: { from: position } })
  },
)

describe('what is not told', () => {
  test('header values and the query, in whose place stands a mark', () => {
    const command = commandAfter(['https://h/a?token=hunter2', '-H', 'Authorization: Bearer hunter2', '-k'], '42')
    expect(command).toBe(`statewire tail 'https://h/a?…' --header 'Authorization: …' --insecure --from 42`)
  })

  test('no command for a POST, which would do again what it did', () => {
    expect(commandAfter(['http://h/a', '-d', 'x'], '42')).toBeUndefined()
    expect(commandAfter(['http://h/a', '-X', 'PUT'], '42')).toBeUndefined()
  })

  test('no command for a position that cannot be copied', () => {
    expect(commandAfter(['http://h/a'], '4\x1b2')).toBeUndefined()
  })

  test('an address without its query', () => {
    expect(shownUrl(new URL('https://h:8443/a/b'))).toBe('https://h:8443/a/b')
    expect(shownUrl(new URL('https://h/a?key=hunter2'))).toBe('https://h/a?…')
  })
})
