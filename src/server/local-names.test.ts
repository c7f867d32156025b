import { expect, test } from 'vitest'
import { createStreamServer } from './index.ts'
import { exchangeRaw, startServer } from './testing/rig.ts'

const ask = (port: number, host: string) =>
  exchangeRaw(port, `GET /v1/stream/a HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)

test('an open server on this machine answers to the names of this machine, and to no name that a page points at it', async () => {
  const { port } = await startServer()
  for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, '127.9.9.9', '[::1]:80', 'LOCALHOST'])
    expect(await ask(port, host), host).toMatch(/^HTTP\/1\.1 404 /)
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '0.0.0.0',
  ])
    expect(await ask(port, host), host).toMatch(/^HTTP\/1\.1 421 /)
  const upgrade = 'GET /v1/ws HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
  expect(await exchangeRaw(port, upgrade)).toMatch(/^HTTP\/1\.1 421 /)
})

test('behind a proxy, or with credentials, the name is not ours to judge', async () => {
  for (const options of [
    { allowAnonymous: true, trustedProxies: ['127.0.0.1'] },
    { authenticate: () => ({ id: 'ada' }) },
  ]) {
    const server = createStreamServer(options)
    const { port } = await server.listen()
    expect(await ask(port, 'app.example')).toMatch(/^HTTP\/1\.1 404 /)
    await server.close()
  }
})
