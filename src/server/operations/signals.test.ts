import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { drainOnSignal } from './signals.ts'

const file = fileURLToPath(new URL('./testing/draining-process.ts', import.meta.url))

/** A server in a child process, and what it prints. */
async function child(...args: readonly string[]) {
  const started = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void started.kill('SIGKILL'))
  const exited = once(started, 'exit')
  const printed = createInterface(started.stdout)[Symbol.asyncIterator]()
  const line = async (): Promise<unknown> => (await printed.next()).value
  const [, port, admin] = String(await line()).split(' ')
  return {
    stream: `http://127.0.0.1:${port}/v1/stream/room`,
    admin: `http://127.0.0.1:${admin}`,
    line,
    exited,
    kill: (signal: NodeJS.Signals) => started.kill(signal),
  }
}

/** An append that the server has begun to read, and of which only the first half is sent. */
async function halfAnAppend(url: string) {
  const headers = { 'content-type': 'application/json', expect: '100-continue' }
  const append = request(url, { method: 'POST', headers })
  const answered = once(append, 'response').then(
    ([response]) => Number(response.resume().statusCode),
    () => 'cut off',
  )
  append.flushHeaders()
  await once(append, 'continue')
  append.write('{"text":')
  return { append, answered }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: not ready first, readers are told when to come back, an append under way is kept, then 0',
  async (signal) => {
    const { stream, admin, line, kill, exited } = await child('well')
    await fetch(stream, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"n":1}' })
    const { append, answered } = await halfAnAppend(stream)
    const reader = await fetch(`${stream}?offset=-1&live=sse`)
    expect((await fetch(`${admin}/readyz`)).status).toBe(200)
    kill(signal)
    expect(await line()).toBe(`stopping ${signal}`)
    expect(await reader.text()).toMatch(/"drainInMs":\d+/)
    const ready = await fetch(`${admin}/readyz`).then(
      ({ status }) => status,
      () => 'gone',
    )
    expect([503, 'gone']).toContain(ready)
    append.end('"kept"}')
    expect(await answered).toBe(204)
    expect(await exited).toEqual([0, null])
  },
)

test('a second signal ends it now', async () => {
  const { stream, line, kill, exited } = await child('well')
  await halfAnAppend(stream)
  kill('SIGTERM')
  expect(await line()).toBe('stopping SIGTERM')
  kill('SIGINT')
  expect(await exited).toEqual([130, null])
})

test('what does not end within its time is cut, and the process still ends with 0', async () => {
  const { stream, kill, exited } = await child('well', '500')
  const { answered } = await halfAnAppend(stream)
  kill('SIGTERM')
  expect(await answered).toBe('cut off')
  expect(await exited).toEqual([0, null])
})

test('a server that never closes is ended with 1', async () => {
  const { kill, exited } = await child('never', '300')
  kill('SIGTERM')
  expect(await exited).toEqual([1, null])
})

test('a server that cannot be closed is reported, and the process ends with 1', async () => {
  const { kill, exited, line } = await child('wrong')
  kill('SIGTERM')
  expect([await line(), await line()]).toEqual(['stopping SIGTERM', 'report Error: the disk is full'])
  expect(await exited).toEqual([1, null])
})

test('leaving the signals alone leaves no listener behind', () => {
  const before = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
  const leave = drainOnSignal({ close: async () => {} })
  expect(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')).toBe(before + 2)
  leave()
  expect(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')).toBe(before)
})
