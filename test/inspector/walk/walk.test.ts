import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Download, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumFile, chromiumFlags } from '../../engines/installed.ts'
import { CuttingProxy } from '../../natives/cutting-proxy.ts'
import { replaying } from '../session/replays.ts'
import { type ChatServer, chatServer } from './chat-server.ts'
import { type InspectCommand, inspectCommand } from './inspect-command.ts'

const nodeApp = fileURLToPath(new URL('./node-app.ts', import.meta.url))

/** Everything a page asks for but the page's own files, sockets included. */
function strangers(page: Page, origin: string): string[] {
  const asked: string[] = []
  const hub = origin.replace('http', 'ws')
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !/^(?:blob|data):/.test(request.url())) asked.push(request.url())
  })
  page.on('websocket', (socket) => {
    if (!socket.url().startsWith(`${hub}/`)) asked.push(socket.url())
  })
  return asked
}

/** The transitions that lit up on the chart from now on, however shortly, as their chips name them. */
async function watchChart(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const lit = new Set<string>()
    const note = (): void => {
      for (const group of document.querySelectorAll('.chart .taken')) lit.add(group.textContent ?? '')
    }
    new MutationObserver(note).observe(document.body, { attributeFilter: ['class'], subtree: true })
    Object.assign(window, { lit })
  })
  return () => page.evaluate(() => [...(Reflect.get(window, 'lit') as Set<string>)])
}

async function saved(download: Promise<Download>): Promise<{ name: string; text: string }> {
  const done = await download
  return { name: done.suggestedFilename(), text: await readFile(await done.path(), 'utf8') }
}

async function exported(page: Page, title: string): Promise<{ name: string; text: string }> {
  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: title }).click()
  return saved(download)
}

function drop(page: Page, { name, text }: { name: string; text: string }): Promise<void> {
  return page.evaluate(
    (file) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([file.text], file.name, { type: 'application/json' }))
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    },
    { name, text },
  )
}

describe.skipIf(chromiumFile() === undefined)('one walk through everything', () => {
  const run = replaying()
  let server: ChatServer
  let proxy: CuttingProxy
  let command: InspectCommand
  let browser: Browser

  beforeAll(async () => {
    server = await chatServer()
    proxy = new CuttingProxy({ plan: () => null, upstream: server.port })
    const address = await proxy.listen()
    const launched = chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] })
    command = await inspectCommand([process.execPath, nodeApp, `${address}/events`])
    browser = await launched
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await command?.[Symbol.asyncDispose]()
    await proxy?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('a process and a page are watched through a cut and a resume, scrubbed back, recorded, opened again, and replayed', {
    timeout: 120_000,
  }, async () => {
    const origin = new URL(command.pageUrl).origin
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const asked = strangers(page, origin)
    const phase = page.locator('.crumbs .pill')
    const active = (): Promise<string[]> => page.locator('.chart .state.active').allTextContents()
    const lighting = (words: string): unknown => expect.stringContaining(words)
    const caption = page.locator('.timeline .caption')
    await page.goto(command.pageUrl)

    // Both apps are there, and the chart shows where the one of Node is.
    await (await browser.newPage()).goto(`${server.url}/?hub=${encodeURIComponent(command.appUrl)}`)
    await expect.poll(() => page.getByRole('treeitem', { name: 'feed' }).textContent()).toContain('flowing')
    await page.getByRole('treeitem', { name: 'chat' }).click()
    await expect.poll(() => page.locator('.crumb').allTextContents()).toEqual(['node-app', 'chat'])
    await expect.poll(() => phase.textContent()).toBe('online')
    const litSince = await watchChart(page)
    server.say('before the cut')
    const log = page.getByRole('listbox', { name: 'Log of events' })
    await expect.poll(() => log.textContent()).toContain('before the cut')
    const online = await active()

    // The cut: the chart, the words and the timer say what goes on.
    proxy.cutAll()
    await expect.poll(() => phase.textContent()).toBe('degraded')
    await expect.poll(active).not.toEqual(online)
    await expect
      .poll(() => caption.textContent())
      .toMatch(/^waiting (?:9|10) min.* before try 1.*`retry` would skip the wait$/)
    await expect.poll(() => page.locator('.chart .fill').count()).toBeGreaterThan(0)
    await expect.poll(litSince).toEqual(expect.arrayContaining([lighting('from connected to authorizing')]))
    const waiting = await active()

    // The way back: the edge fires, and what was said meanwhile is there.
    server.say('during the cut')
    command.type('retry')
    await expect.poll(() => phase.textContent()).toBe('online')
    await expect.poll(active).toEqual(online)
    await expect.poll(litSince).toEqual(expect.arrayContaining([lighting('from dialing to connected')]))
    await expect.poll(() => log.textContent()).toContain('during the cut')
    expect(server.resumed).toEqual(['1'])

    // Back to the cut, and to before it: chart, words and panels are those of that instant.
    const goTo = async (words: string): Promise<void> => {
      await page.locator('[data-filter]').fill(words)
      // The row shortens a long state; its title has all of it.
      await log
        .getByRole('option')
        .filter({ has: page.getByTitle(words) })
        .first()
        .click()
    }
    await goTo('reconnecting.waiting')
    await expect.poll(active).toEqual(waiting)
    expect(await phase.textContent()).toBe('degraded')
    await page.getByRole('tab', { name: 'Health' }).click()
    await expect.poll(() => page.getByRole('tabpanel').textContent()).toContain('reconnecting.waiting')
    await page.getByRole('tab', { name: 'Events' }).click()
    await goTo('connected.flow.flowing')
    await expect.poll(active).toEqual(online)
    expect(await phase.textContent()).toBe('online')
    expect(await caption.textContent()).toMatch(/^connected/)
    await page.getByRole('tab', { name: 'Health' }).click()
    await expect.poll(() => page.getByRole('tabpanel').textContent()).toContain('connected')
    await page.locator('button.pill').click()
    await expect.poll(() => page.locator('button.pill').textContent()).toBe('Live')
    await expect.poll(() => page.getByRole('definition').first().textContent()).toBe('2')

    // The recording, opened where no hub is asked.
    const recording = await exported(page, 'Recording')
    expect(recording.name).toBe('node-app.statewire.json')
    const fresh = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const freshAsked = strangers(fresh, origin)
    const sockets: string[] = []
    fresh.on('websocket', (socket) => sockets.push(socket.url()))
    await fresh.goto(`${origin}/`)
    await drop(fresh, recording)
    await expect.poll(() => fresh.locator('.crumb').allTextContents()).toEqual(['node-app', 'chat'])
    await expect.poll(() => fresh.locator('.chart .state.active').allTextContents()).toEqual(online)

    // The test that it makes: it passes, and fails when one state is another.
    const { name, text } = await exported(fresh, 'Regression test')
    expect(name).toBe('chat.test.ts')
    const other = text.replaceAll('"waiting"', '"wailing"')
    expect(other).not.toBe(text)
    expect(await run(text)).toMatchObject({ passed: true })
    const failed = await run(other)
    expect(failed.passed).toBe(false)
    expect(failed.output).toMatch(/after step \d+/)

    expect([...asked, ...freshAsked]).toEqual([])
    expect(sockets).toEqual([])
    expect(await command.interrupt()).toBe(0)
  })
})
