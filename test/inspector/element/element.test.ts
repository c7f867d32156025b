import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from '../page/page-rig.ts'
import { type AppRig, startAppRig } from './rig.ts'

let rig: AppRig
beforeAll(async () => {
  rig = await startAppRig()
}, 60_000)
afterAll(() => rig.close())

const send = (page: Page, type: string): Promise<void> => page.evaluate(`app.chat.send({ type: '${type}' })`)
const pill = (page: Page) => page.locator('statewire-inspector .knob')
const dock = (page: Page) => page.getByRole('region', { name: 'statewire inspector' })
const rows = (page: Page) => dock(page).getByRole('option')
const styleOf = (page: Page, selector: string, name: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name)

async function opened(page: Page): Promise<void> {
  await pill(page).click()
  await dock(page).getByRole('tab', { name: 'Events' }).waitFor()
}

describe('the panel in an app', () => {
  test('is a pill that says how it goes, and has loaded no page until it is opened', async () => {
    const page = await rig.open()
    const before = rig.scripts.length
    await expect.poll(() => pill(page).textContent()).toBe('idle')
    await send(page, 'connect')
    await expect.poll(() => pill(page).textContent()).toBe('pending')
    const dot = () => pill(page).evaluate((button) => getComputedStyle(button, '::before').backgroundColor)
    const pending = await dot()
    await send(page, 'failed')
    await expect.poll(() => pill(page).textContent()).toBe('failed')
    expect(await dot()).not.toBe(pending)
    expect(rig.scripts.length).toBe(before)
    await opened(page)
    expect(rig.scripts.length).toBeGreaterThan(before)
    await send(page, 'connect')
    await rows(page).filter({ hasText: 'connect' }).first().waitFor()
    await page.context().close()
  })

  test('neither takes a style of the app nor gives it one', async () => {
    const page = await rig.open()
    const mine = () =>
      Promise.all(['color', 'border-top-width', 'font-family', 'height'].map((name) => styleOf(page, '#mine', name)))
    const before = await mine()
    await opened(page)
    expect(await mine()).toEqual(before)
    expect(await styleOf(page, '.dock .brand', 'color')).toBe('rgb(31, 36, 46)')
    expect(await styleOf(page, '.dock .brand', 'letter-spacing')).not.toBe('9px')
    expect(await styleOf(page, '.dock .brand', 'font-family')).not.toContain('fantasy')
    expect(await styleOf(page, '.dock-bar', 'background-color')).toBe('rgb(255, 255, 255)')
    expect(await styleOf(page, '.dock [role=tab]', 'border-top-width')).toBe('0px')
    expect(await page.evaluate('[...document.documentElement.attributes].map(({ name }) => name)')).toEqual(['lang'])
    expect(await page.evaluate('document.styleSheets.length + document.adoptedStyleSheets.length')).toBe(1)
    expect([await page.title(), new URL(page.url()).hash]).toEqual(['chat', ''])
    await page.context().close()
  })

  test('hears keys only while the focus is in it, and keeps those from the app', async () => {
    const page = await rig.open()
    await opened(page)
    await page.locator('#mine').focus()
    await page.keyboard.press('2')
    const selected = dock(page).getByRole('tab', { selected: true })
    expect(await selected.textContent()).toBe('Events')
    await dock(page).getByRole('button', { name: 'Collapse' }).focus()
    await page.keyboard.press('2')
    await expect.poll(() => selected.textContent()).toBe('Sequence')
    await page.keyboard.press('/')
    await expect.poll(() => selected.textContent()).toBe('Events')
    expect(await page.evaluate('app.keys')).toEqual(['2'])
    await page.context().close()
  })

  test('is opened and collapsed by the keyboard alone, and gives the focus back', async () => {
    const page = await rig.open()
    await pill(page).focus()
    await page.keyboard.press('Enter')
    const collapse = dock(page).getByRole('button', { name: 'Collapse' })
    await expect.poll(() => collapse.evaluate((button) => button.matches(':focus'))).toBe(true)
    await dock(page).getByRole('button', { name: 'Export' }).press('Enter')
    await dock(page).getByRole('menuitem').first().waitFor()
    await page.keyboard.press('Escape')
    expect(await dock(page).count()).toBe(1)
    await page.keyboard.press('Escape')
    await expect.poll(() => dock(page).count()).toBe(0)
    expect(await pill(page).evaluate((button) => button.matches(':focus'))).toBe(true)
    await page.context().close()
  })

  test('stands where it was left, as large as it was made, and open', async () => {
    const page = await rig.open()
    await opened(page)
    await dock(page).getByRole('button', { name: 'At the right' }).click()
    const grip = dock(page).getByRole('separator', { name: 'Size of the inspector' })
    await grip.press('ArrowLeft')
    const box = async () => dock(page).boundingBox()
    await expect.poll(async () => (await box())?.width).toBe(576)
    await page.reload()
    await dock(page).waitFor()
    // Nobody has asked for the focus.
    expect(await page.evaluate('document.activeElement.localName')).toBe('body')
    expect(await box()).toEqual({ x: 1280 - 576, y: 0, width: 576, height: 800 })
    // As narrow as that it is laid out as the page in a narrow window.
    expect(await styleOf(page, '.dock .figures', 'display')).toBe('none')
    await page.context().close()
  })

  test('goes on hearing while it is collapsed, and stops when it is taken away', async () => {
    const page = await rig.open()
    await opened(page)
    await page.evaluate('app.inspector.collapse()')
    await send(page, 'connect')
    await pill(page).click()
    await rows(page).filter({ hasText: 'connect' }).first().waitFor()
    const watched = () => page.evaluate('app.watching.size')
    expect(await watched()).not.toBe(0)
    await page.evaluate('app.inspector.remove()')
    expect(await watched()).toBe(0)
    await page.evaluate('document.body.append(app.inspector)')
    await send(page, 'failed')
    await dock(page).locator('.crumbs .pill.phase').filter({ hasText: 'failed' }).waitFor()
    await page.context().close()
  })

  test('opens in a window of its own, with its keys there, and comes back from it', async () => {
    const page = await rig.open()
    await page.evaluate('delete window.documentPictureInPicture')
    await opened(page)
    const [own] = await Promise.all([
      page.waitForEvent('popup'),
      dock(page).getByRole('button', { name: 'In its own window' }).click(),
    ])
    await dock(own).getByRole('tab', { name: 'Events' }).waitFor()
    expect(await dock(page).count()).toBe(0)
    await send(page, 'connect')
    await rows(own).filter({ hasText: 'connect' }).first().click()
    await dock(own).locator('.details').waitFor()
    await own.keyboard.press('Escape')
    const filter = dock(own).locator('[data-filter]')
    await filter.fill('type:connect')
    await filter.press('2')
    expect(await filter.inputValue()).toBe('type:connect2')
    await dock(own).getByRole('button', { name: 'At the bottom' }).click()
    await dock(page).getByRole('tab', { name: 'Events' }).waitFor()
    expect(own.isClosed()).toBe(true)
    await page.context().close()
  })

  test.each(['light', 'dark'] as const)('has nothing that axe finds wrong when it is %s', async (theme) => {
    const page = await rig.open()
    await page.evaluate(`app.inspector.theme = '${theme}'`)
    await send(page, 'connect')
    await opened(page)
    expect(await styleOf(page, '.dock-bar', 'background-color')).toBe(
      theme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(22, 25, 32)',
    )
    expect(await violations(page)).toEqual([])
    await page.evaluate('app.inspector.collapse()')
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  test('broke no rule of a policy that allows nothing inline, and complained of nothing', () => {
    expect(rig.complaints).toEqual([])
  })
})
