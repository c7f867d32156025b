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

/** Another theme is there at once: Chromium passes through black on the way from one `light-dark()` to another. */
function settleColours(): void {
  requestAnimationFrame(() => {
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish()
  })
}

/** @returns stops it. */
export function applyTheme(store: Store): () => void {
  store.theme.value = remembered()
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', settleColours)
  const stop = effect(() => {
    const theme = store.theme.value
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    try {
      localStorage.setItem(key, theme)
    } catch {
      // Storage is closed to us: the theme lasts as long as the page.
    }
    settleColours()
  })
  return () => {
    system.removeEventListener('change', settleColours)
    stop()
  }
}
