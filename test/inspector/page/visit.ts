/**
 * A visit to the page of a living app: how it goes well, how it goes badly, and how it ends.
 *
 * @module
 */
import type { Page } from 'playwright'
import { expect } from 'vitest'
import type { PageRig } from './page-rig.ts'

/** How the connection is, as the page says it. */
export const phaseOn = (page: Page): Promise<string | null> => page.locator('.crumbs .pill').textContent()

/** Mends the line, and waits until the page shows it. A cut line is tried again only when its wait is over. */
export async function showOnline({ app }: PageRig, page: Page): Promise<void> {
  app.mend()
  await expect.poll(() => phaseOn(page), { timeout: 15_000 }).toBe('online')
}

/** Cuts the line, and waits until the page shows it. */
export async function showDegraded({ app }: PageRig, page: Page): Promise<void> {
  app.cut()
  await expect.poll(() => phaseOn(page)).toBe('degraded')
}

/** The page is closed, and has complained of nothing. */
export async function leave({ complaints }: PageRig, page: Page): Promise<void> {
  await page.context().close()
  expect(complaints.splice(0)).toEqual([])
}
