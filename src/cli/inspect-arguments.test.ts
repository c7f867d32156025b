import { expect, test } from 'vitest'
import { readCommand } from './arguments.ts'

test('nothing has to be said', () => {
  const options = { port: 0, host: '127.0.0.1', open: false, origins: [], app: undefined }
  expect(readCommand(['inspect'])).toEqual({ name: 'inspect', options })
})

test('everything can be said, and what stands behind --app is the program’s', () => {
  const origins = ['--allow-origin', 'https://a.example', '--allow-origin=http://b.example:81']
  const argv = [
    'inspect',
    '-p',
    '4700',
    '--host',
    '::1',
    '--open',
    ...origins,
    '--app',
    'node',
    '--port',
    '1',
    '--help',
  ]
  expect(readCommand(argv)).toEqual({
    name: 'inspect',
    options: {
      port: 4700,
      host: '::1',
      open: true,
      origins: ['https://a.example', 'http://b.example:81'],
      app: ['node', '--port', '1', '--help'],
    },
  })
})

test('help wins', () => {
  expect(readCommand(['inspect', '--help'])).toEqual({ name: 'help', of: 'inspect' })
})
