/**
 * Hands and eyes. Playwright's engines have real ones; WebKitGTK's driver has neither keys nor pointer nor pictures here, so there
 * the same is done by the events that they would give.
 *
 * @module
 */
import { page, server, userEvent } from 'vitest/browser'

const hasHands = server.provider === 'playwright'

const focusable = 'button, input, summary, [tabindex]'

function pressed(key: string): void {
  const target = document.activeElement ?? document.body
  const init = { key, bubbles: true, cancelable: true }
  const goesOn = target.dispatchEvent(new KeyboardEvent('keydown', init))
  if (goesOn && key === 'Enter' && target instanceof HTMLButtonElement) target.click()
  target.dispatchEvent(new KeyboardEvent('keyup', init))
}

function typed(input: HTMLInputElement, letter: string): void {
  input.value += letter
  input.dispatchEvent(new InputEvent('input', { bubbles: true, data: letter }))
}

export async function click(element: Element): Promise<void> {
  if (hasHands) return userEvent.click(element)
  element.scrollIntoView({ block: 'nearest' })
  element.closest<HTMLElement>(focusable)?.focus({ preventScroll: true })
  element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))
}

/** @param keys names in braces: `{ArrowUp}{Enter}`. */
export async function press(keys: string): Promise<void> {
  if (hasHands) return userEvent.keyboard(keys)
  for (const [, key = ''] of keys.matchAll(/\{(\w+)\}/g)) {
    pressed(key)
    // A keyboard leaves time to draw between two keys.
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}

export async function type(input: HTMLInputElement, text: string): Promise<void> {
  if (hasHands) return userEvent.type(input, text)
  input.focus()
  for (const letter of text) typed(input, letter)
}

/** A picture of an element among the test's artefacts, by its name. */
export async function picture(element: Element, name: string): Promise<void> {
  if (hasHands) await page.screenshot({ element, path: `../../artefacts/inspector/panels-${name}.png` })
}
