import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { chromiumFile } from '../../engines/installed.ts'
import { appKey, type PageRig, picture, startPageRig, violations } from './page-rig.ts'
import { token, viewerServer } from './viewer-server.ts'
import { leave, phaseOn, showDegraded, showOnline } from './visit.ts'

let rig: PageRig
let page: Page

const moment = () => page.locator('button.pill')
const leaf = (name: string) => page.locator('.chart .state.active', { hasText: name })

/** Drops a file on the page, as from a desktop. */
const drop = (on: Page, name: string, content: string): Promise<void> =>
  on.evaluate(
    ({ name, content }) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([content], name, { type: 'application/json' }))
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    },
    { name, content },
  )

describe.skipIf(chromiumFile() === undefined)('the page of the inspector', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startPageRig()
  }, 60_000)
  afterAll(() => rig?.close())
  afterEach(() => leave(rig, page))

  test('takes the token out of the address, and shows the connection before its manager', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    expect(await page.locator('.crumb').allTextContents()).toEqual(['chat-web', 'chat-1'])
    expect(page.url()).not.toContain('token')
    expect(rig.hub.tokens.at(-1)).toEqual({ token: expect.any(String) })
    await expect.poll(() => leaf('flowing').count()).toBe(1)
    expect(await page.getByRole('treeitem').allTextContents()).toContainEqual(expect.stringContaining('presence'))
  })

  test('shows a cut and the way back as they happen, with the wait filling up', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await showDegraded(rig, page)
    await expect.poll(() => page.locator('.chart .fill').count()).toBeGreaterThan(0)
    await expect
      .poll(() => page.locator('.logo').evaluate((logo) => getComputedStyle(logo).getPropertyValue('--phase')))
      .toContain('#ff9044')
    await expect.poll(() => page.getByRole('status').textContent()).toBe('chat-1: degraded')
    await showOnline(rig, page)
    await expect.poll(() => page.getByRole('status').textContent()).toBe('chat-1: online')
  })

  test('stops at an instant with Space, steps with the arrows, and is live again with L', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await showDegraded(rig, page)
    await page.keyboard.press('Space')
    await expect.poll(() => moment().getAttribute('class')).toContain('instant')
    // What happens meanwhile changes nothing on the page.
    rig.app.mend()
    await expect.poll(() => rig.app.state).toBe('connected')
    expect(await phaseOn(page)).toBe('degraded')
    const phases = new Set<string | null>()
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('ArrowLeft')
      phases.add(await phaseOn(page))
    }
    expect([...phases]).toEqual(expect.arrayContaining(['degraded', 'online']))
    await page.keyboard.press('l')
    await expect.poll(() => phaseOn(page)).toBe('online')
    await expect.poll(() => moment().textContent()).toBe('Live')
  })

  test('goes to the instant that is clicked on the timeline, and zooms into what is dragged out', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    const strip = page.locator('.strip')
    const box = (await strip.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.click(box.x + box.width - 40, box.y + 30)
    await expect.poll(() => moment().getAttribute('class')).toContain('instant')
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/\d\d:\d\d:\d\d/)
    await moment().click()
    await page.mouse.move(box.x + box.width - 300, box.y + 30)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 200, box.y + 30, { steps: 4 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Reset zoom' }).click()
    await expect.poll(() => page.locator('.timeline-head').textContent()).toContain('last 30 s')
    expect(
      await page
        .getByRole('list', { name: /has been through/ })
        .locator('li')
        .count(),
    ).toBeGreaterThan(1)
  })

  test('shows what an address names: actor and instant', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await showDegraded(rig, page)
    await showOnline(rig, page)
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => page.url()).toMatch(/\/\d+$/)
    const { hash } = new URL(page.url())
    await page.getByRole('treeitem', { name: /presence/ }).click()
    await expect.poll(() => page.locator('.crumb.here').textContent()).toBe('presence')
    await expect.poll(() => new URL(page.url()).hash).not.toBe(hash)
    await page.evaluate((address) => {
      location.hash = address
    }, hash)
    await expect.poll(() => page.locator('.crumb.here').textContent()).toBe('chat-1')
    await expect.poll(() => moment().getAttribute('class')).toContain('instant')
  })

  test('draws every state in detail, keeps its text readable, and leaves the camera to the hand', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await page.getByRole('button', { name: 'Detail' }).click()
    const scale = () =>
      page.locator('.chart svg').evaluate((svg) => svg.clientWidth / Number(svg.getAttribute('viewBox')?.split(' ')[2]))
    await expect.poll(scale).toBeGreaterThan(10 / 11.8 - 0.01)
    await page.keyboard.press('f')
    await expect.poll(scale).toBeLessThan(0.5)
    const box = (await page.locator('.canvas').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    const view = () => page.locator('.chart svg').getAttribute('viewBox')
    await page.mouse.move(box.x + 100, box.y + 100)
    await page.mouse.down()
    await page.mouse.move(box.x + 160, box.y + 140, { steps: 3 })
    const held = await view()
    await showDegraded(rig, page)
    await showOnline(rig, page)
    expect(await view()).toBe(held)
    await page.mouse.up()
    expect(await page.getByRole('button', { name: 'Fit', exact: true }).getAttribute('aria-pressed')).toBe('false')
  })

  test('draws a small machine in detail and a large one as an overview, until told otherwise', async () => {
    page = await rig.open({ viewport: { width: 1440, height: 1400 } })
    await showOnline(rig, page)
    const pressed = (name: string) => page.getByRole('button', { name }).getAttribute('aria-pressed')
    expect([await pressed('Overview'), await pressed('Detail')]).toEqual(['true', 'false'])
    await page.getByRole('treeitem', { name: /manager/ }).click()
    await expect.poll(() => pressed('Detail')).toBe('true')
  })

  test('finds commands and actors in the palette, with the keyboard alone', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await page.keyboard.press('Control+k')
    await expect.poll(() => page.getByRole('combobox', { name: 'Command' }).count()).toBe(1)
    await page.keyboard.type('presence')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.crumb.here').textContent()).toBe('presence')
    await page.keyboard.press('3')
    await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe('Messages')
    await page.keyboard.press('/')
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY')
    expect(await violations(page)).toEqual([])
  })

  test.each(['dark', 'light'] as const)('has nothing that axe objects to, %s', async (colorScheme) => {
    page = await rig.open({ colorScheme })
    await showOnline(rig, page)
    rig.app.say('hello')
    await expect.poll(() => page.getByRole('tab').count()).toBeGreaterThan(3)
    expect(await violations(page)).toEqual([])
    await picture(page, `page-${colorScheme}`)
    await page.getByRole('button', { name: 'Detail' }).click()
    await picture(page, `page-detail-${colorScheme}`)
    await page.setViewportSize({ width: 390, height: 800 })
    await page.getByRole('button', { name: 'Overview' }).click()
    await expect.poll(() => page.locator('.right').isVisible()).toBe(false)
    expect(await violations(page)).toEqual([])
    await picture(page, `page-narrow-${colorScheme}`)
    await page.getByRole('button', { name: 'Panels' }).click()
    await expect.poll(() => page.locator('.right').isVisible()).toBe(true)
    await picture(page, `page-drawer-${colorScheme}`)
  })

  test('opens a recording that is dropped, without any server', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: 'Export' })
        .click()
        .then(() => page.getByRole('menuitem', { name: /^Recording/ }).click()),
    ])
    expect(download.suggestedFilename()).toBe('chat-web.statewire.json')
    const file = join(rig.directory, 'dropped.json')
    await download.saveAs(file)
    await page.context().close()

    page = await rig.open({ hash: '' })
    await expect.poll(() => page.locator('.empty h2').textContent()).toBe('No hub to listen to')
    await drop(page, 'dropped.json', readFileSync(file, 'utf8'))
    await expect.poll(() => page.locator('.crumb.here').textContent()).toBe('chat-1')
    expect(await moment().textContent()).toBe('Recording')
    await expect.poll(() => leaf('flowing').count()).toBe(1)
    expect(await violations(page)).toEqual([])
  })

  test('records from one press to the next, and says when it is opened how long and of whom', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await page.getByRole('tab', { name: 'Messages' }).click()
    const heard = async (): Promise<number> =>
      Number.parseInt((await page.locator('.tally').textContent()) ?? '', 10) || 0
    const before = await heard()
    rig.app.say('before')
    await expect.poll(heard).toBe(before + 1)
    await page.getByRole('button', { name: 'Record' }).click()
    rig.app.say('within')
    await expect.poll(heard).toBe(before + 2)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Stop' }).click(),
    ])
    await expect
      .poll(() => page.locator('.notice').textContent())
      .toMatch(/^Saved chat-web\.statewire\.json\. .+ of chat-web\.$/)
    const file = join(rig.directory, 'some-time.json')
    await download.saveAs(file)
    const text = readFileSync(file, 'utf8')
    const { messages } = JSON.parse(text) as { messages: { kind: string }[] }
    // One for each of the two connections.
    expect(messages.filter(({ kind }) => kind === 'frame')).toHaveLength(2)
    await drop(page, 'some-time.json', text)
    await expect.poll(() => page.locator('.notice').textContent()).toMatch(/^Opened some-time\.json: .+ of chat-web/)
    await expect.poll(() => moment().textContent()).toBe('Recording')
    await expect.poll(() => leaf('flowing').count()).toBe(1)
  })

  test('loaded again it keeps what was looked at, and is let in by a pasted address', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await showDegraded(rig, page)
    await showOnline(rig, page)
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('treeitem', { name: /presence/ }).click()
    await page.getByRole('tab', { name: 'Messages' }).click()
    await expect.poll(() => page.url()).toMatch(/\/\d+\/messages$/)
    await page.reload()
    await expect.poll(() => page.locator('.empty h2').textContent()).toBe('This page was loaded again')
    expect(await violations(page)).toEqual([])
    await page.getByRole('textbox', { name: 'Address or token' }).fill('what?')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.notice').textContent()).toContain('neither an address')
    await page.getByRole('textbox', { name: 'Address or token' }).fill(`${rig.hub.url}#token=${token}`)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.crumb.here').textContent()).toBe('presence')
    await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe('Messages')
    expect(await moment().getAttribute('class')).toContain('instant')
    expect(page.url()).not.toContain('token')
    // The same address, typed into the bar of a page that is there: only the fragment is new.
    const before = rig.hub.tokens.length
    await page.evaluate(
      (hash) => {
        location.hash = hash
      },
      `#token=${token}&at=${encodeURIComponent(appKey)}`,
    )
    await expect.poll(() => rig.hub.tokens.length).toBe(before + 1)
    await expect.poll(() => page.locator('.crumb').first().textContent()).toBe('chat-web')
    await expect.poll(() => page.url()).not.toContain('token')
  })

  test('moves nothing for who asked for stillness', async () => {
    page = await rig.open({ reducedMotion: 'reduce' })
    await showOnline(rig, page)
    await page.evaluate(() => {
      const moving: string[] = []
      Object.assign(window, { moving })
      document.addEventListener('transitionrun', ({ target }) => moving.push(String(target)), { capture: true })
    })
    await showDegraded(rig, page)
    expect(await page.locator('.chart .fill').count()).toBe(0)
    await showOnline(rig, page)
    expect(await page.evaluate(() => [Reflect.get(window, 'moving'), document.getAnimations().length])).toEqual([[], 0])
  })

  test('paints on the chart how often each way was taken', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await page.getByRole('tab', { name: 'Coverage' }).click()
    expect(await page.locator('.chart .edge.warm').count()).toBe(0)
    await page.getByRole('switch').click()
    await expect.poll(() => page.locator('.chart .edge.warm').count()).toBeGreaterThan(0)
    expect(await page.locator('.chart .edge.cold').count()).toBeGreaterThan(0)
  })

  test('says of a file that is no recording why it was not opened', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await drop(page, 'letter.json', '{"format":3}')
    await expect
      .poll(() => page.locator('.notice').textContent())
      .toBe('This file is not a recording of the inspector.')
    await drop(page, 'empty.json', '{"format":"statewire recording","version":1,"protocol":1,"messages":[]}')
    await expect.poll(() => page.locator('.notice').textContent()).toContain('nothing in it that can be shown')
    expect(await page.locator('.crumb').first().textContent()).toBe('chat-web')
  })

  test('teaches how to attach while nothing is, with the address of this hub', async () => {
    const hub = await viewerServer(rig.directory)
    onTestFinished(() => hub.close())
    const hash = `#token=${token}&app=0123456789abcdef`
    page = await rig.open({ at: hub, hash, permissions: ['clipboard-read', 'clipboard-write'], colorScheme: 'dark' })
    await page.getByRole('button', { name: 'Copy' }).click()
    await expect.poll(() => page.locator('.notice').textContent()).toBe('Copied.')
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toContain('attachInspector(actor, { link: webSocketLink(')
    expect(copied).toContain(`${hub.url.replace('http', 'ws')}app?token=0123456789abcdef`)
    expect(await violations(page)).toEqual([])
    await picture(page, 'page-empty-dark')
  })

  test('shows what apps say as text, whatever it looks like', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    const markup = '<img src=x onerror="document.title=1">'
    const actor = { kind: 'actor', t: 1, actor: 'evil', parent: null, logic: 'promise', definition: null } as const
    rig.hub.tell({
      app: markup,
      messages: [
        { kind: 'hello', protocol: 1, name: markup, runtime: 'node', epoch: 0 },
        { ...actor, name: markup, status: 'active', value: { [markup]: markup }, tags: [markup], waits: [] },
      ],
    })
    await expect
      .poll(() => page.getByRole('treeitem').allTextContents())
      .toContainEqual(expect.stringContaining(markup))
    await page
      .getByRole('treeitem', { name: 'promise' })
      .or(page.locator('.tree-row.actor', { hasText: '<img' }))
      .first()
      .click()
    await expect.poll(() => page.locator('.no-chart h2').textContent()).toBe(markup)
    expect(await page.title()).toBe('statewire inspector')
    expect(await page.locator('img').count()).toBe(0)
  })

  test('stays quick and small in a flood of 10,000 events a second', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    const id = decodeURIComponent(new URL(page.url()).hash.split('/')[1] ?? '')
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length)
    const before = await elements()
    const begun = performance.now()
    let seq = 1_000_000
    let slowest = 0
    for (let batch = 0; batch < 40; batch += 1) {
      const messages = Array.from({ length: 500 }, () => {
        seq += 1
        return { kind: 'event', seq, t: 1e7 + batch, actor: id, source: null, type: 'message' } as const
      })
      rig.hub.tell({ app: appKey, messages })
      const asked = performance.now()
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
      slowest = Math.max(slowest, performance.now() - asked)
    }
    const seconds = (performance.now() - begun) / 1_000
    console.log(`${Math.round(20_000 / seconds)} events/s, the slowest answer after ${Math.round(slowest)} ms`)
    await expect
      .poll(async () => (await page.locator('.figures').textContent())?.replaceAll(',', ''))
      .toMatch(/\d{2,} ev\/s/)
    expect((await elements()) - before).toBeLessThan(400)
  })
})
