import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumFile } from '../../engines/installed.ts'
import { type AppRig, startAppRig } from './rig.ts'

let rig: AppRig

const send = (page: Page, type: string): Promise<void> => page.evaluate(`app.chat.send({ type: '${type}' })`)
const dock = (page: Page) => page.getByRole('region', { name: 'statewire inspector' })
const rows = (page: Page) => dock(page).getByRole('option')
const pill = (page: Page) => page.locator('statewire-inspector .knob')
/** Whether the browser says that the app has a window on top. */
const isOnTop = (page: Page): Promise<boolean> => page.evaluate('documentPictureInPicture.window !== null')

async function poppedOut(): Promise<{ readonly page: Page; readonly own: Page }> {
  const page = await rig.open()
  await pill(page).click()
  const button = dock(page).getByRole('button', { name: 'In its own window' })
  const [own] = await Promise.all([page.context().waitForEvent('page'), button.click()])
  await dock(own).getByRole('tab', { name: 'Events' }).waitFor()
  return { page, own }
}

describe.skipIf(chromiumFile() === undefined)('the panel in a window that stays on top', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startAppRig()
  }, 60_000)
  afterAll(() => rig?.close())

  test('is alive there with its own style, and comes back to its place', async () => {
    const { page, own } = await poppedOut()
    expect(await isOnTop(page)).toBe(true)
    expect(await dock(page).count()).toBe(0)
    const style = (selector: string, name: string) =>
      own
        .locator(selector)
        .first()
        .evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name)
    expect(await style('.dock-bar', 'background-color')).toBe('rgb(255, 255, 255)')
    expect(await style('.dock .brand', 'font-family')).toContain('Inter')
    await send(page, 'connect')
    await dock(own).locator('.crumbs .pill.phase').filter({ hasText: 'pending' }).waitFor()
    await dock(own).locator('.chart .state.active').filter({ hasText: 'opening' }).waitFor()
    await rows(own).filter({ hasText: 'connect' }).first().waitFor()
    const collapse = dock(own).getByRole('button', { name: 'Collapse' })
    await collapse.focus()
    await collapse.press('2')
    await expect.poll(() => dock(own).getByRole('tab', { selected: true }).textContent()).toBe('Sequence')
    await dock(own).getByRole('button', { name: 'At the bottom' }).click()
    await dock(page).getByRole('tab', { name: 'Events' }).waitFor()
    await expect.poll(() => isOnTop(page)).toBe(false)
    await send(page, 'opened')
    await dock(page).locator('.crumbs .pill.phase').filter({ hasText: 'online' }).waitFor()
    await page.context().close()
  })

  test('is a pill again when the reader closes that window, and opens in the app then', async () => {
    const { page, own } = await poppedOut()
    await own.close()
    await pill(page).waitFor()
    expect(await isOnTop(page)).toBe(false)
    await send(page, 'connect')
    await pill(page).click()
    await rows(page).filter({ hasText: 'connect' }).first().waitFor()
    await page.context().close()
  })

  test('broke no rule of a policy that allows nothing inline, and complained of nothing', () => {
    expect(rig.complaints).toEqual([])
  })
})
