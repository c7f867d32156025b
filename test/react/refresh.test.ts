import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import viteReact from '@vitejs/plugin-react'
import { createServer as createVite } from 'vite'
import { expect, onTestFinished, test } from 'vitest'
import { chromiumFile } from '../engines/installed.ts'
import { startTabbed } from '../outbox/browsers.ts'
import { startRig } from '../rigs/rig.ts'
import { openRoom, roomName } from '../rigs/room-client.ts'
import { repository } from '../tools/package-entries.ts'
import { eventually } from './eventually.ts'

/** What is never edited. */
const main = `
import { createRoot } from 'react-dom/client'
import { Application } from './application.jsx'

createRoot(document.body).render(<Application />)
`

/** An application as somebody edits it: `extra` is one more hook, with which React cannot keep the component's state. */
const application = (url: string, title: string, extra = '') => `
import { useState } from 'react'
import { TransportProvider } from 'statewire/react'
import { Feed } from './feed.jsx'

export function Application() {
  const [clicks, setClicks] = useState(0)
  ${extra}
  return (
    <TransportProvider>
      <button onClick={() => setClicks(clicks + 1)}>{clicks}</button>
      <h1>${title}</h1>
      <Feed url="${url}" />
    </TransportProvider>
  )
}
`

const feed = (label: string, extra = '') => `
import { useState } from 'react'
import { useMessages, useSSE } from 'statewire/react'

export function Feed({ url }) {
  ${extra}
  const feed = useSSE({ url })
  const texts = useMessages(feed, { select: ({ data }) => data })
  return <output>${label} {feed.state}: {texts.join(' ')}</output>
}
`

/** Vite as developers run it, on a folder of its own that is edited while it runs. */
async function startFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'statewire-refresh-'))
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><script type="module" src="/main.jsx"></script>')
  const http = createServer((request, response) => vite.middlewares(request, response))
  const vite = await createVite({
    configFile: false,
    root: folder,
    cacheDir: join(folder, 'cache'),
    logLevel: 'error',
    plugins: [viteReact()],
    resolve: {
      alias: { 'statewire/react': fileURLToPath(new URL('../../src/react/index.ts', import.meta.url)) },
      dedupe: ['react', 'react-dom'],
    },
    optimizeDeps: {
      include: ['react', 'react-dom/client', '@xstate/react', 'xstate', 'zod/mini', 'eventsource-parser'],
    },
    server: { middlewareMode: true, fs: { strict: false }, hmr: { server: http } },
  })
  onTestFinished(async () => {
    await vite.close()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
    await rm(folder, { recursive: true, force: true })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('An HTTP server without a port.')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    write: (file: string, text: string) => writeFile(join(folder, file), text),
  }
}

test.runIf(chromiumFile())(
  'edited while it runs, an application keeps exactly one connection',
  { timeout: 90_000 },
  async () => {
    const rig = await startRig()
    onTestFinished(() => rig.close())
    const room = openRoom(rig.rigUrl, rig.rigOtherUrl, roomName())
    const url = `${room.url}/sse`
    const { url: address, write } = await startFolder()
    await write('feed.jsx', feed('first'))
    await write('application.jsx', application(url, 'one'))
    await write('main.jsx', main)
    const browser = await startTabbed('chromium')
    onTestFinished(() => browser.close())
    const page = await browser.open(address)
    await page.evaluate(() => Object.assign(window, { isSamePage: true }))
    const text = () => page.locator('body').innerText()
    /** The server sees one connection, and none of it was a reload. @returns how many there were in all */
    const one = async () => {
      expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true)
      return (await room.until((state) => state.open.length === 1)).requests.length
    }
    await eventually(text).toMatch(/one\s+first connected:/)
    await page.locator('button').click()
    await eventually(text).toMatch(/^1\s/)
    expect(await one()).toBe(1)

    // Another text: React keeps all state, and nobody notices.
    await write('feed.jsx', feed('second'))
    await eventually(text).toMatch(/^1\s+one\s+second connected:/)
    expect(await one()).toBe(1)

    // One hook more: the component is mounted anew, and finds the connection as it was.
    await write('feed.jsx', feed('third', 'useState(0)'))
    await eventually(text).toMatch(/^1\s+one\s+third connected:/)
    expect(await one()).toBe(1)

    // The module that holds the provider is evaluated again, with one hook more: another manager, one connection.
    await write('application.jsx', application(url, 'two', 'useState(0)'))
    await eventually(text).toMatch(/^0\s+two\s+third connected:/)
    await one()
    await room.order({ append: ['told'] })
    await eventually(text).toMatch(/third connected: told$/)
    await one()

    // The list is state, too: an edit does not empty it.
    await write('feed.jsx', feed('fourth', 'useState(0)'))
    await eventually(text).toMatch(/fourth connected: told$/)
    await one()
  },
)
