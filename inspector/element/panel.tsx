/** @jsxImportSource preact */
/**
 * The page in a panel: loaded when the panel is opened for the first time.
 *
 * @module
 */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { type Environment, EnvironmentContext } from '../page/shell/environment.ts'
import { selectFirst } from '../page/shell/select-first.ts'
import { showTheme } from '../page/shell/theme.ts'
import { memoryViewer } from '../page/source/memory.ts'
import { createStore, StoreContext } from '../page/store.ts'
import type { Asked } from '../protocol/messages.ts'
import { createSession } from '../session/session.ts'
import { Dock } from './dock.tsx'
import { type OwnWindow, openOwnWindow } from './own-window.ts'
import type { Panel, PanelHost } from './parts.ts'
import type { Place } from './place.ts'

function Nothing() {
  return (
    <section class="empty" aria-label="Nothing attached yet">
      <div>
        <h2>Nothing attached yet</h2>
        <p>
          Give the panel an actor: its <code>actor</code> property takes any of XState 5, or a TransportManager.
        </p>
      </div>
    </section>
  )
}

/** Begins to hear at once, and shows what was heard when it is told to. */
export async function createPanel(host: PanelHost): Promise<Panel> {
  // A file beside the script, as it is for the page in its own window.
  const { adoptStyle } = await import('./sheet.ts')
  const { memory } = host
  let ask = (_asked: Asked): void => {}
  const store = createStore({ session: createSession(), ask: (asked) => ask(asked) })
  store.source.value = 'here'
  const viewer = memoryViewer(host.link, store.apply)
  ask = viewer.ask
  const stopChoosing = selectFirst(store)
  const dropStyle = adoptStyle(host.shadow)
  const place = signal<Place>(memory.standing.place)
  let own: OwnWindow | null = null
  let unmount = (): void => {}
  let state: 'in use' | 'closed' = 'in use'

  const View = () => {
    const at = place.value
    return (
      <Dock
        place={at}
        size={at === 'window' ? 0 : memory.standing[at]}
        onPlace={move}
        onSize={(size) => at !== 'window' && memory.keep({ [at]: size })}
        onCollapse={host.collapse}
      />
    )
  }
  const mount = (root: HTMLElement): void => {
    const environment: Environment = { kind: 'panel', root, keys: root, Empty: Nothing }
    const layer = document.createElement('div')
    layer.className = 'layer'
    root.append(layer)
    // What is typed here is not meant for the app.
    const keep = (event: Event): void => event.stopPropagation()
    const leaving = new AbortController()
    const stopTheme = showTheme(store, root)
    render(
      <EnvironmentContext.Provider value={environment}>
        <StoreContext.Provider value={store}>
          <View />
        </StoreContext.Provider>
      </EnvironmentContext.Provider>,
      layer,
    )
    for (const type of ['keydown', 'keyup', 'keypress']) {
      root.parentNode?.addEventListener(type, keep, { signal: leaving.signal })
    }
    unmount = () => {
      unmount = () => {}
      leaving.abort()
      stopTheme()
      render(null, layer)
      layer.remove()
    }
  }
  const dock = (): void => {
    const { place: side } = memory.standing
    host.root.style.setProperty('--dock', `${memory.standing[side]}px`)
    place.value = side
  }
  const show = (): void => {
    unmount()
    own?.close()
    own = null
    dock()
    host.moved('docked')
    mount(host.root)
  }
  const focus = (): void => {
    const root = own?.root ?? host.root
    root.querySelector<HTMLElement>('[data-collapse]')?.focus()
  }
  const popOut = async (): Promise<void> => {
    const made = await openOwnWindow(adoptStyle, host.collapse)
    if (state === 'closed') return made?.close()
    if (made === null) {
      store.notice.value = 'The browser would not open a window.'
      return
    }
    unmount()
    own?.close()
    own = made
    place.value = 'window'
    host.moved('window')
    mount(made.root)
    focus()
  }
  const move = (wanted: Place): void => {
    if (wanted === place.peek()) return
    if (wanted === 'window') void popOut()
    else {
      memory.keep({ place: wanted })
      if (own === null) dock()
      else {
        show()
        focus()
      }
    }
  }
  const hide = (): void => {
    unmount()
    own?.close()
    own = null
  }
  return {
    show,
    focus,
    hide,
    popOut,
    setTheme(theme) {
      store.theme.value = theme
    },
    close() {
      state = 'closed'
      hide()
      dropStyle()
      stopChoosing()
      viewer.close()
    },
  }
}
