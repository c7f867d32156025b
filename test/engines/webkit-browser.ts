/**
 * Starts WebKitGTK: a virtual screen, the driver, a browser. Ends all three together.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { WebKitFiles } from './installed.ts'
import { isReady, openSession } from './webdriver.ts'

/** A running WebKit with one page. */
export interface WebKitBrowser {
  navigate(url: string): Promise<void>
  close(): Promise<void>
}

/** Rejects when a part does not start; leaves no process behind then. */
export async function startWebKit(files: WebKitFiles): Promise<WebKitBrowser> {
  const processes: ChildProcess[] = []
  const killAll = (): void => {
    for (const child of processes) child.kill()
  }
  // A run that is interrupted would leave a browser and a screen behind.
  process.once('exit', killAll)
  const stop = (): void => {
    process.off('exit', killAll)
    killAll()
  }
  try {
    const display = process.env.DISPLAY ?? (await startScreen(files.xvfb, processes))
    const driver = await startDriver(files.driver, display, processes)
    const session = await openSession(driver, {
      // The tests' HTTPS servers sign their own certificates.
      acceptInsecureCerts: true,
      'webkitgtk:browserOptions': { binary: files.browser, args: ['--automation'] },
    })
    return {
      navigate: (url) => session.navigate(url),
      async close() {
        // A browser that crashed has no session to end; its processes are ended all the same.
        await session.delete().catch(() => {})
        stop()
      },
    }
  } catch (error) {
    stop()
    throw error
  }
}

/** Xvfb picks a free display itself and writes its number to the descriptor it is given. */
async function startScreen(xvfb: string, processes: ChildProcess[]): Promise<string> {
  const screen = spawn(xvfb, ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  processes.push(screen)
  const answer = screen.stdio[3]
  if (!(answer instanceof Readable)) throw new Error('Xvfb has no pipe to name its display on.')
  const died = once(screen, 'exit').then(() => Promise.reject(new Error('Xvfb ended before it had a screen.')))
  const [number]: unknown[] = await Promise.race([once(answer, 'data'), died])
  died.catch(() => {})
  return `:${String(number).trim()}`
}

async function startDriver(file: string, display: string, processes: ChildProcess[]): Promise<string> {
  const port = await freePort()
  const driver = spawn(file, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    // Without a graphics card the DMA-BUF renderer shows nothing; the accessibility bus has no daemon here.
    env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_DMABUF_RENDERER: '1', NO_AT_BRIDGE: '1' },
  })
  processes.push(driver)
  const address = `http://127.0.0.1:${port}`
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await isReady(address)) return address
    if (driver.exitCode !== null) break
    await delay(100)
  }
  throw new Error('WebKitWebDriver did not start within 10 seconds.')
}

/** The driver cannot pick a port and say which. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.')
  return address.port
}
