/** @jsxImportSource preact */
/**
 * The page's beginning.
 *
 * @module
 */
import { render } from 'preact'
import type { Asked } from '../protocol/messages.ts'
import { createSession } from '../session/session.ts'
import { followAddress, parseLink } from './shell/deep-link.ts'
import { selectFirst } from './shell/select-first.ts'
import { Shell } from './shell/shell.tsx'
import { applyTheme } from './shell/theme.ts'
import { broadcastViewer } from './source/broadcast.ts'
import { takeToken } from './source/token.ts'
import { viewerAddress, viewerSocket } from './source/viewer-socket.ts'
import { createStore, StoreContext } from './store.ts'
import './page.css'

const link = parseLink(location.hash)
const { token, appToken } = takeToken()
let ask = (_asked: Asked): void => {}
const store = createStore({ session: createSession(), ask: (asked) => ask(asked) })
applyTheme(store)
followAddress(store, link)
// Until what the address names is there, and when it never comes.
selectFirst(store)
if (token !== null) {
  const socket = viewerSocket({
    url: viewerAddress(location),
    token,
    onMessage: store.apply,
    onState: (state) => {
      store.source.value = state
    },
  })
  ask = socket.ask
} else if (new URLSearchParams(location.search).has('here')) {
  // Served by the app's own server: what is attached on this origin is heard without a hub.
  store.source.value = 'here'
  ask = broadcastViewer(store.apply).ask
}

render(
  <StoreContext.Provider value={store}>
    <Shell appToken={appToken} />
  </StoreContext.Provider>,
  document.body,
)
