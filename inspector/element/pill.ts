/**
 * The panel when it is collapsed: a small button that says how it goes, by colour and by word.
 *
 * @module
 */
import type { Phase } from '../chart/phase.ts'

/** Of the phases, light and dark: as in inspector/chart/tokens.css, which is not loaded before the page is. */
export const phaseColours: Readonly<Record<Phase, readonly [light: string, dark: string]>> = {
  idle: ['#60697b', '#9ba5b8'],
  pending: ['#8a5a00', '#f4b93c'],
  online: ['#00703f', '#3cde93'],
  paused: ['#0064a8', '#62bbf5'],
  degraded: ['#a84300', '#ff9044'],
  failed: ['#c01022', '#ff6367'],
}

const phaseRules = Object.entries(phaseColours)
  .map(([phase, [light, dark]]) => `.knob[data-phase=${phase}] { --phase: light-dark(${light}, ${dark}) }`)
  .join('\n')

/** Important is what an app's own rules for our element must not undo. */
const rules = `
:host { all: initial !important; display: contents !important }
.inspector { color-scheme: light dark }
.inspector[data-theme=light] { color-scheme: light }
.inspector[data-theme=dark] { color-scheme: dark }
.knob {
  position: fixed; right: 12px; bottom: 12px; z-index: 2147483646; box-sizing: border-box;
  display: inline-flex; align-items: center; gap: 7px; height: 28px; margin: 0; padding: 0 12px;
  border: 1px solid light-dark(#d7dbe2, #31353f); border-radius: 14px;
  background: light-dark(#ffffff, #161920); color: light-dark(#1f242e, #e8ebf1);
  font: 500 12px/1 system-ui, sans-serif; cursor: pointer;
}
.knob[hidden] { display: none }
.knob::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--phase) }
.knob:focus-visible { outline: 2px solid light-dark(#5a43c9, #a9a5ff); outline-offset: 2px }
@media (forced-colors: active) { .knob::before { forced-color-adjust: none } }
${phaseRules}`

export interface Pill {
  readonly button: HTMLButtonElement
  show(phase: Phase): void
  /** What stands there instead, until the next `show` of another phase. */
  say(words: string): void
}

/** A constructed sheet: a policy without inline styles lets it be. */
export function adoptPillStyle(shadow: ShadowRoot): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(rules)
  shadow.adoptedStyleSheets = [sheet]
}

export function createPill(): Pill {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'knob'
  button.setAttribute('aria-expanded', 'false')
  let shown: Phase | undefined
  const say = (words: string): void => {
    button.textContent = words
    // Whoever says what is written there reaches it.
    button.setAttribute('aria-label', `${words}: statewire inspector`)
  }
  return {
    button,
    say,
    show(phase) {
      if (phase === shown) return
      shown = phase
      button.dataset.phase = phase
      say(phase)
    },
  }
}
