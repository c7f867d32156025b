import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const file = fileURLToPath(new URL('./testing/scarce-process.ts', import.meta.url))

test('a listener without file descriptors turns newcomers away, serves who is there, and recovers', async () => {
  const command = `ulimit -n 60 && exec "${process.execPath}" "${file}"`
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const port = Number(/port (\d+)\n/.exec(line)?.[1])
  const first = connect(port, '127.0.0.1')
  await once(first, 'connect')
  const sockets: Socket[] = []
  const turnedAway = new Promise((resolve) => {
    for (let count = 0; count < 150; count++) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.on('close', resolve)
      sockets.push(socket)
    }
  })
  await turnedAway
  first.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(String(await once(first, 'data'))).toContain('here')
  await Promise.all(sockets.map(gone))
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
  expect(child.exitCode).toBeNull()
  first.destroy()
})

function gone(socket: Socket): Promise<unknown> {
  socket.destroy()
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.on('close', resolve))
}
