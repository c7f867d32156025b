/** @jsxImportSource preact */
/**
 * The page before anything is attached: it teaches how.
 *
 * @module
 */
import { openFiles } from '../source/recordings.ts'
import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'

/** The lines to attach an app, with the real address. @param token of apps, where the page was given it. */
export function attachLines(origin: string, token: string | null): string {
  const address = `${origin.replace(/^http/, 'ws')}/app?token=${token ?? '…'}`
  return `import { attachInspector, webSocketLink } from 'statewire/inspector'\nattachInspector(actor, { link: webSocketLink({ url: '${address}' }) })`
}

/** The same for a page of this origin, which finds the way by itself. */
const hereLines = `import { attachInspector } from 'statewire/inspector'\nattachInspector(actor)`

export function Empty({ appToken }: { readonly appToken: string | null }) {
  const store = useStore()
  const source = store.source.value
  const lines = source === 'here' ? hereLines : attachLines(location.origin, appToken)
  const copy = (): void => {
    navigator.clipboard.writeText(lines).then(
      () => (store.notice.value = 'Copied.'),
      () => (store.notice.value = 'The browser would not copy: select the lines instead.'),
    )
  }
  return (
    <section class="empty" aria-label="Nothing attached yet">
      <div>
        {source === 'refused' || source === 'none' ? (
          <>
            <h2>{source === 'refused' ? 'This page is not let in' : 'No hub to listen to'}</h2>
            <p>
              The address carries a token, once. Open the one that <code>statewire inspect</code> has printed, or drop a
              recording here.
            </p>
          </>
        ) : (
          <>
            <h2>Nothing attached yet</h2>
            <p>Any XState 5 actor will do: its chart, its timers and its messages appear here as they happen.</p>
            <div class="lines">
              <pre>{lines}</pre>
              <button type="button" onClick={copy}>
                <Icon name="copy" /> Copy
              </button>
            </div>
            {appToken === null && source !== 'here' ? (
              <p class="faint">The token stands in the terminal where the inspector was started.</p>
            ) : null}
          </>
        )}
        <p>
          <button type="button" onClick={() => openFiles(store)}>
            <Icon name="open" /> Open a recording
          </button>
          <span class="faint">or drop one anywhere on this page</span>
        </p>
      </div>
    </section>
  )
}
