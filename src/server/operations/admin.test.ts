import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { StoreReadiness } from '../stores/store.ts'
import { type AdminSource, handleAdmin } from './admin.ts'
import { prometheus } from './prometheus.ts'

const usable: StoreReadiness = { state: 'usable', identity: 'memory:secret-host' }

async function operators(source: Partial<AdminSource> = {}): Promise<string> {
  const all = { metrics: prometheus(), ready: async () => usable, draining: () => false, ...source }
  const server = createServer(async (request, response) => {
    if (!(await handleAdmin(all, request, response))) response.end('not ours')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a process that answers is alive, whatever its store does', async () => {
  const url = await operators({ ready: () => Promise.reject(new Error('no store')), draining: () => true })
  const answer = await fetch(`${url}/healthz`)
  expect([answer.status, await answer.text()]).toEqual([200, 'ok\n'])
})

test.each<[string, Partial<AdminSource>, number, string]>([
  ['a usable store', {}, 200, 'usable'],
  ['a server that drains', { draining: () => true }, 503, 'draining'],
  ['a store that only reads', { ready: async () => ({ ...usable, state: 'degraded' }) }, 503, 'degraded'],
  ['a store that is down', { ready: async () => ({ ...usable, state: 'down' }) }, 503, 'down'],
  ['a store that fails', { ready: () => Promise.reject(new Error('secret-host refused')) }, 503, 'down'],
  ['a store that hangs', { ready: () => new Promise(() => {}) }, 503, 'down'],
])('%s is said by /readyz, without its identity', async (_what, source, status, state) => {
  const answer = await fetch(`${await operators(source)}/readyz`)
  const text = await answer.text()
  expect([answer.status, JSON.parse(text)]).toEqual([status, { ready: status === 200, state }])
  expect(text).not.toContain('secret-host')
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

test('/metrics is the text of Prometheus, with its type', async () => {
  const answer = await fetch(`${await operators()}/metrics`)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await answer.text()).toContain('\nprocess_cpu_seconds_total ')
})

test('figures that cannot be read are a 500 without the reason', async () => {
  const metrics = { contentType: 'text/plain', text: () => Promise.reject(new Error('secret-host refused')) }
  const answer = await fetch(`${await operators({ metrics })}/metrics`)
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('secret-host')
})

test('HEAD has the headers of GET and no body; other methods are refused', async () => {
  const url = await operators()
  const head = await fetch(`${url}/healthz`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '3', ''])
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const answer = await fetch(`${url}/metrics`, { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    await answer.text()
  }
})

test('a query changes nothing, and other paths are not ours', async () => {
  const url = await operators()
  expect((await fetch(`${url}/healthz?probe=1`)).status).toBe(200)
  for (const path of ['/', '/healthz/', '/Metrics', '/v1/stream/a'])
    expect(await (await fetch(url + path)).text()).toBe('not ours')
})
