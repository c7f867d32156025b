/**
 * Dark, light, or as the system has it; remembered where the browser lets us.
 *
 * @module
 */
import { effect } from '@preact/signals'
import type { Store, Theme } from '../store.ts'

const key = 'statewire-inspector-theme'
const order: readonly Theme[] = ['system', 'light', 'dark']

export function nextTheme(theme: Theme): Theme {
  return order[(order.indexOf(theme) + 1) % order.length] ?? 'system'
}

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(key)
    return order.find((theme) => theme === kept) ?? 'system'
  } catch {
    return 'system'
  }
}

/**
 * Shows the store's theme on an element and in all that is in it.
 *
 * @returns stops it.
 */
export function showTheme(store: Store, root: HTMLElement): () => void {
  // Another theme is there at once: Chromium passes through black on the way from one `light-dark()` to another.
  const settleColours = (): void => {
    requestAnimationFrame(() => {
      const animations = root.getAnimations({ subtree: true })
      for (const animation of animations) if (animation instanceof CSSTransition) animation.finish()
    })
  }
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', settleColours)
  const stop = effect(() => {
    const theme = store.theme.value
    if (theme === 'system') delete root.dataset.theme
    else root.dataset.theme = theme
    settleColours()
  })
  return () => {
    system.removeEventListener('change', settleColours)
    stop()
  }
}

/**
 * Begins with the theme that was chosen last, and keeps the one that is chosen.
 *
 * @returns stops it.
 */
export function rememberTheme(store: Store): () => void {
  store.theme.value = remembered()
  return effect(() => {
    try {
      localStorage.setItem(key, store.theme.value)
    } catch {
      // Storage is closed to us: the theme lasts as long as the page.
    }
  })
}
