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
import { Empty } from './shell/empty.tsx'
import { type Environment, EnvironmentContext } from './shell/environment.ts'
import { selectFirst } from './shell/select-first.ts'
import { Shell } from './shell/shell.tsx'
import { rememberTheme, showTheme } from './shell/theme.ts'
import { openDoor } from './source/doors.ts'
import { acceptDrops } from './source/recordings.ts'
import { takeToken } from './source/token.ts'
import { createStore, StoreContext } from './store.ts'

const link = parseLink(location.hash)
const { token, appToken } = takeToken()
let ask = (_asked: Asked): void => {}
const store = createStore({ session: createSession(), ask: (asked) => ask(asked) })
const environment: Environment = {
  kind: 'page',
  root: document.documentElement,
  keys: window,
  Empty: () => <Empty appToken={appToken} />,
}
rememberTheme(store)
showTheme(store, environment.root)
followAddress(store, link)
// Until what the address names is there, and when it never comes.
selectFirst(store)
ask = openDoor(store, token)
acceptDrops(store)

render(
  <EnvironmentContext.Provider value={environment}>
    <StoreContext.Provider value={store}>
      <Shell />
    </StoreContext.Provider>
  </EnvironmentContext.Provider>,
  document.body,
)
