import { once } from 'node:events'
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { command, spawned } from './command.ts'
import { httpServer, open, writeThenCut } from './servers.ts'

// Starting Node takes a second on a busy machine, and several on an overloaded one.
describe('the process', { timeout: 60_000 }, () => {
  test('streams, repairs a cut, and leaves nothing running', async () => {
    await using server = await httpServer((request, response) => {
      open(response, 'text/event-stream')
      if (request.headers['last-event-id'] === '1') response.end('id: 2\ndata: two\n\ndata: [DONE]\n\n')
      else writeThenCut(response, 'id: 1\ndata: one\n\n')
    })
    const tail = spawned(['tail', server.url, '--until', '[DONE]'])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.text).toBe('one\ntwo\n[DONE]\n')
    expect(tail.stderr.text).toContain('connected · sse · going on after 1')
  })

  test('ends well when the reader of its pipe has enough', async () => {
    await using server = await httpServer((_request, response) => {
      open(response, 'text/plain')
      const more = (): void => {
        while (response.write(`${'x'.repeat(999)}\n`));
        response.once('drain', more)
      }
      more()
    })
    const tail = spawned(['tail', server.url])
    await once(tail.child.stdout, 'data')
    tail.child.stdout.destroy()
    expect(await tail.exit).toBe(0)
    expect(tail.stderr.text).toContain('closed · stdout was closed')
    expect(tail.stderr.text).not.toContain('EPIPE')
  })

  test('Ctrl-C after data closes the connection, sums up and is no failure', async () => {
    await using server = await httpServer((_request, response) => {
      open(response, 'text/event-stream')
      response.write('id: 7\ndata: x\n\n')
    })
    const tail = spawned(['tail', server.url])
    await tail.stdout.saw('x\n')
    const closed = once(server.requests[0]?.socket ?? tail.child, 'close')
    tail.interrupt()
    expect(await tail.exit).toBe(0)
    await closed
    expect(tail.stderr.text).toContain('closed · interrupted · 1 received · 0 reconnected · last position 7')
  })

  test('Ctrl-C before anything arrived is 130', async () => {
    await using server = await httpServer((_request, response) => open(response, 'text/event-stream'))
    const tail = spawned(['tail', server.url])
    await tail.stderr.saw('connected')
    tail.interrupt()
    expect(await tail.exit).toBe(130)
  })

  test('no header value, query or body reaches stderr, whatever happens', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url?.includes('refuse')) response.writeHead(403, { 'x-echo': 'hunter2' }).end('hunter2')
      else {
        open(response, 'text/event-stream')
        writeThenCut(response, 'id: 1\ndata: hunter2\n\n')
      }
    })
    const secrets = ['-H', 'Authorization: Bearer hunter2', '-H', 'Cookie: s=hunter2']
    const runs = [
      spawned(['tail', `${server.url}/?token=hunter2`, '-n', '2', ...secrets]),
      command(['tail', `${server.url}/refuse?token=hunter2`, ...secrets]),
      command(['tail', `${server.url}/?token=hunter2`, '--data', 'hunter2', ...secrets]),
      command(['tail', 'http://user:hunter2@127.0.0.1/', ...secrets]),
      command(['tail', `${server.url}/?token=hunter2`, '--headers=hunter2']),
    ]
    expect(await Promise.all(runs.map((run) => run.exit))).toEqual([0, 3, 4, 2, 2])
    for (const run of runs) {
      expect(run.stderr.text).not.toBe('')
      expect(run.stderr.text).not.toContain('hunter2')
    }
    expect(server.requests.map(({ headers }) => headers.authorization)).toContain('Bearer hunter2')
  })
})

test('a stdout that takes nothing stops the server; nothing is lost when it goes on', async () => {
  const lines = 32_000
  let written = 0
  const line = (): string => `${String(++written).padStart(999, '.')}\n`
  await using server = await httpServer((_request, response) => {
    open(response, 'text/plain')
    const more = (): void => {
      while (written < lines) if (!response.write(line())) return void response.once('drain', more)
      response.end()
    }
    more()
  })
  let held: (() => void) | undefined
  let holding = true
  const taken: string[] = []
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      // The last write is empty: it waits for those before it.
      if (chunk.length > 0) taken.push(chunk.toString())
      if (holding) held = callback
      else callback()
    },
  })
  const tail = command(['tail', server.url], { stdout })
  await tail.stderr.saw('paused · ')
  // What the kernel holds for both ends is a few megabytes; a round trip to the same server lets it fill.
  await using other = await httpServer((_request, response) => response.writeHead(204).end())
  expect(await command(['tail', other.url]).exit).toBe(0)
  expect(written).toBeLessThan(lines)
  expect(taken).toHaveLength(1)
  holding = false
  held?.()
  expect(await tail.exit).toBe(0)
  expect(taken).toHaveLength(lines)
  expect(taken.findIndex((text, index) => Number(text.replaceAll('.', '')) !== index + 1)).toBe(-1)
  expect(tail.stderr.text).toContain(`${lines} received`)
})

test('on a terminal there are colours and no escape sequences of the server; NO_COLOR takes the colours away', async () => {
  await using server = await httpServer((_request, response) => {
    open(response, 'text/plain')
    response.end('\x1b[2Jboo\n')
  })
  const colourful = command(['tail', server.url], { terminal: true })
  expect(await colourful.exit).toBe(0)
  expect(colourful.stdout.text).toBe('␛[2Jboo\n')
  expect(colourful.stderr.text).toContain('\x1b[32mconnected\x1b[0m')
  const plain = command(['tail', server.url], { terminal: true, environment: { NO_COLOR: '1' } })
  expect(await plain.exit).toBe(0)
  expect(plain.stderr.text).not.toContain('\x1b')
  const told = command(['tail', server.url, '--no-color'], { terminal: true })
  expect(await told.exit).toBe(0)
  expect(told.stderr.text).not.toContain('\x1b')
})

test('a full disk is a failure of its own', async () => {
  await using server = await httpServer((_request, response) => {
    open(response, 'text/plain')
    response.write('a\n')
  })
  const stdout = new Writable({
    write(_chunk, _encoding, callback) {
      callback(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
    },
  })
  const tail = command(['tail', server.url], { stdout })
  expect(await tail.exit).toBe(1)
  expect(tail.stderr.text).toContain('closed · stdout failed')
})
