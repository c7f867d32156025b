import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { startExample } from '../../docs/examples/run.ts'

const runner = fileURLToPath(new URL('../../docs/examples/run.ts', import.meta.url))
const run = (...words: string[]) => promisify(execFile)(process.execPath, [runner, ...words], { timeout: 20_000 })

test('an example that does not exist, or a port that cannot be, is refused with how it is called', async () => {
  await expect(startExample('nothing')).rejects.toThrow('docs/examples/nothing/index.html')
  await expect(startExample('../demo')).rejects.toThrow('There is no page')
  const how = 'node docs/examples/run.ts react | vue | svelte | plain | node [--port N]'
  await expect(run('nothing')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(how) })
  await expect(run('plain', '--port', 'x')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(how) })
})

test('one command serves an example; its last line is the address, and a signal ends it', async () => {
  const started = spawn(process.execPath, [runner, 'plain', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void started.kill('SIGKILL'))
  const lines = createInterface(started.stdout)
  const url = await new Promise<string>((resolve) =>
    lines.on('line', (line) => line.startsWith('http') && resolve(line)),
  )
  const page = await (await fetch(url)).text()
  expect(page).toContain('statewire in plain JavaScript')
  const script = await (await fetch(new URL('main.ts', url))).text()
  expect(script).toContain('/src/index.ts')
  const exited = once(started, 'exit')
  started.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
}, 30_000)

test('the backend answers a question in its room, and refuses pages and paths that are not its own', async () => {
  const example = await startExample('plain', { tokenMs: 1 })
  onTestFinished(() => example.close())
  const at = (path: string) => new URL(path, example.url)
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(at(path), { method: 'POST', body, headers })
  const asked = await post('/rooms/one/prompt', '{"text":"Hello?"}')
  expect(asked.status).toBe(202)
  const { id } = await asked.json()
  const records = async (): Promise<{ id: string; end?: string }[]> => (await fetch(at('/v1/stream/rooms/one'))).json()
  await expect.poll(async () => (await records()).at(-1)?.end, { timeout: 10_000 }).toBe('complete')
  await expect.poll(async () => (await records()).length, { timeout: 10_000 }).toBeGreaterThan(20)
  expect((await records())[0]).toMatchObject({ id, role: 'user', text: 'Hello?' })

  expect((await post('/rooms/one/prompt', '{"text":""}')).status).toBe(400)
  expect((await post('/rooms/one/prompt', 'Hello?')).status).toBe(400)
  expect((await post('/cut', '', { origin: 'http://elsewhere.example' })).status).toBe(403)
  expect((await fetch(at('/rooms/one/cancel'))).status).toBe(403)
  expect((await fetch(at('/v1/stream/elsewhere'))).status).toBe(404)
  expect((await fetch(at('/v1/stream/rooms/one'), { method: 'DELETE' })).status).toBe(404)
})
