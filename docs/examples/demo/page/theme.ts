/**
 * Dark, light, or what the system says.
 *
 * @module
 */
import { html, setText } from './dom.ts'

const themes = ['system', 'dark', 'light'] as const
type Theme = (typeof themes)[number]

const storageKey = 'theme'

function stored(): Theme {
  const kept = localStorage.getItem(storageKey)
  return themes.find((theme) => theme === kept) ?? 'system'
}

export function themeSwitch(): HTMLElement {
  let theme = stored()
  const button = html('button', { class: 'quiet' })
  const apply = (): void => {
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    setText(button, `Theme: ${theme}`)
  }
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
    localStorage.setItem(storageKey, theme)
    apply()
  })
  apply()
  return button
}
