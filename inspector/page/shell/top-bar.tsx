/** @jsxImportSource preact */
/**
 * The top of the page: where one is, how it goes, and what can be done with it.
 *
 * @module
 */

import { clockWords } from '../../session/words.ts'
import type { CanvasHandle } from '../chart/canvas.tsx'
import { type SourceState, useStore } from '../store.ts'
import { Icon } from './icon.tsx'
import { ExportMenu } from './menu.tsx'
import { RecordButton } from './record-button.tsx'
import { nextTheme } from './theme.ts'

const sourceWords: Readonly<Record<SourceState, string>> = {
  none: '',
  here: '',
  connecting: 'connecting to the hub',
  open: '',
  waiting: 'hub lost, trying again',
  refused: 'hub refused this page',
}

const themeIcons = { system: 'system', light: 'sun', dark: 'moon' } as const

function Crumbs() {
  const store = useStore()
  const [app, actor] = [store.selectedApp.value, store.selectedActor.value]
  return (
    <nav class="crumbs" aria-label="Selection">
      <h1 class="brand">Inspector</h1>
      {app === undefined ? null : <span class="crumb">{app.name}</span>}
      {actor === undefined ? null : <span class="crumb here">{actor.name}</span>}
      {actor === undefined ? null : (
        <span class="pill phase">
          <span class="dot" />
          {actor.phase}
        </span>
      )}
    </nav>
  )
}

function Figures() {
  const store = useStore()
  store.logTold.value
  const dropped = store.selectedApp.value?.dropped ?? 0
  const trouble = sourceWords[store.source.value]
  return (
    <p class="figures">
      {trouble === '' ? null : <span class="trouble">{trouble}</span>}
      {dropped === 0 ? null : <span class="trouble">dropped {dropped.toLocaleString('en')} (too fast)</span>}
      <span>
        <b class="code">{store.rate.value.toLocaleString('en')}</b> ev/s
      </span>
    </p>
  )
}

function MomentPill() {
  const store = useStore()
  const [moment, app] = [store.moment.value, store.selectedApp.value]
  if (app === undefined) return null
  if (moment.kind === 'live') {
    const words = app.state === 'here' ? 'Live' : app.state === 'gone' ? 'Gone' : 'Recording'
    return (
      <button type="button" class="pill live" data-state={app.state} title="Pause (Space)" onClick={store.pause}>
        <span class="dot" />
        {words}
      </button>
    )
  }
  return (
    <button type="button" class="pill instant" title="Back to live (L)" onClick={store.goLive}>
      <Icon name="pause" />
      <span class="code">{clockWords(app.epoch, moment.at)}</span>
      <span class="wide-only">Back to live</span>
    </button>
  )
}

export interface TopBarProps {
  readonly handle: CanvasHandle
  readonly onPalette: () => void
  readonly onTree: () => void
  readonly onPanel: () => void
}

export function TopBar({ handle, onPalette, onTree, onPanel }: TopBarProps) {
  const store = useStore()
  const theme = store.theme.value
  const paletteKey = /Mac|iP/.test(navigator.platform) ? '⌘K' : 'Ctrl K'
  return (
    <header class="top-bar">
      <button type="button" class="narrow-only square" aria-label="Actors" onClick={onTree}>
        <Icon name="menu" />
      </button>
      <svg class="logo" viewBox="0 0 22 12" width="22" height="12" aria-hidden="true">
        <circle class="ring" cx="5" cy="6" r="3.4" />
        <path class="ring" d="M8.4 6h5" />
        <circle class="lit" cx="17" cy="6" r="4" />
      </svg>
      <Crumbs />
      <span class="filler" />
      <Figures />
      <MomentPill />
      <div class="actions">
        <RecordButton />
        <ExportMenu handle={handle} />
      </div>
      <button
        type="button"
        class="square"
        aria-label={`Theme: ${theme}`}
        title={`Theme: ${theme}`}
        onClick={() => (store.theme.value = nextTheme(theme))}
      >
        <Icon name={themeIcons[theme]} />
      </button>
      <button type="button" class="wide-only" aria-label={`${paletteKey}: commands`} onClick={onPalette}>
        <kbd>{paletteKey}</kbd>
      </button>
      <button type="button" class="narrow-only square" aria-label="Panels" onClick={onPanel}>
        <Icon name="panel" />
      </button>
    </header>
  )
}
