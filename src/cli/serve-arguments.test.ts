import { describe, expect, test } from 'vitest'
import { readCommand } from './arguments.ts'
import type { ServeOptions } from './serve-options.ts'

function optionsOf(...argv: string[]): ServeOptions {
  const command = readCommand(['serve', ...argv])
  if (command.name !== 'serve') throw new Error(`expected serve, got ${command.name}`)
  return command.options
}

describe('what is understood', () => {
  test('who may come in is the one thing that has no default', () => {
    expect(optionsOf('--allow-anonymous')).toEqual({
      port: 8080,
      host: '127.0.0.1',
      store: { kind: 'memory' },
      access: { kind: 'anonymous' },
      origins: [],
      adminPort: undefined,
      autoCreate: false,
      tls: undefined,
    })
  })

  test('everything else can be said', () => {
    const where = ['-p', '0', '--host', '::1', '--admin-port', '9090', '--tls-cert', 'c.pem', '--tls-key', 'k.pem']
    const origins = ['--origin', 'https://a.example', '--origin=https://b.example']
    expect(optionsOf(...where, '--token-file', 't', '--store', 'file:a:b.db', '--auto-create', ...origins)).toEqual({
      port: 0,
      host: '::1',
      store: { kind: 'file', path: 'a:b.db' },
      access: { kind: 'tokens', path: 't' },
      origins: ['https://a.example', 'https://b.example'],
      adminPort: 9090,
      autoCreate: true,
      tls: { cert: 'c.pem', key: 'k.pem' },
    })
  })

  test('help wins over everything that is missing', () => {
    expect(readCommand(['serve', '--help'])).toEqual({ name: 'help', of: 'serve' })
  })
})

test.each([
  [[], /Who may come in\? Give --token-file PATH, or --allow-anonymous/],
  [['--allow-anonymous', '--token-file', 'x'], /--allow-anonymous and --token-file exclude each other/],
  [['--allow-anonymous', 'http://h/'], /takes options only/],
  [['--allow-anonymous', '--port', '65536'], /--port must be a whole number, from 0 to 65535/],
  [['--allow-anonymous', '--admin-port', '-1'], /--admin-port needs a value/],
  [['--allow-anonymous', '--host='], /--host needs a name/],
  [['--allow-anonymous', '--store', 'redis'], /--store is memory or file:PATH/],
  [['--allow-anonymous', '--store', 'file:'], /--store is memory or file:PATH/],
  [['--allow-anonymous', '--tls-cert', 'c.pem'], /--tls-cert and --tls-key are given together/],
  [['--allow-anonymous=yes'], /--allow-anonymous takes no value/],
  [['--token', 'hunter2'], /Unknown option --token\./],
  [['--token-file', 'hunter2', '--count', 'hunter2'], /Unknown option --count\./],
])('%j is refused, without a value in the sentence', (argv, sentence) => {
  const attempt = (): unknown => readCommand(['serve', ...argv])
  expect(attempt).toThrow(expect.objectContaining({ code: 'bad_option', message: expect.stringMatching(sentence) }))
  expect(attempt).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }))
})
