/** @jsxImportSource preact */
/**
 * The page before anything is attached: it teaches how.
 *
 * @module
 */
import { type Door, doorOf } from '../source/doors.ts'
import { openFiles } from '../source/recordings.ts'
import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'
import { LetIn } from './let-in.tsx'

/** The lines to attach an app, with the real address. @param token of apps, where the page was given it. */
export function attachLines(origin: string, token: string | null): string {
  const address = `${origin.replace(/^http/, 'ws')}/app?token=${token ?? '…'}`
  return `import { attachInspector, webSocketLink } from 'statewire/inspector'\nattachInspector(actor, { link: webSocketLink({ url: '${address}' }) })`
}

/** The lines for the door that this page has open. */
function linesFor(door: Door, appToken: string | null): string {
  const address = `${location.origin}${location.pathname}`
  switch (door) {
    case 'here':
      return `import { attachInspector } from 'statewire/inspector'\nattachInspector(actor)`
    case 'standard':
      return `import { createBrowserInspector } from '@statelyai/inspect'\nconst { inspect } = createBrowserInspector({ url: '${address}?standard' })\ncreateActor(machine, { inspect }).start()`
    case 'window':
      return `import { attachInspector, postMessageLink } from 'statewire/inspector'\nconst page = window.open('${address}?window')\nattachInspector(actor, { link: postMessageLink(page, '${location.origin}') })`
    default:
      return attachLines(location.origin, appToken)
  }
}

function Lines({ appToken }: { readonly appToken: string | null }) {
  const store = useStore()
  const door = doorOf(location.search, appToken)
  const lines = linesFor(door, appToken)
  const copy = (): void => {
    navigator.clipboard.writeText(lines).then(
      () => (store.notice.value = 'Copied.'),
      () => (store.notice.value = 'The browser would not copy: select the lines instead.'),
    )
  }
  return (
    <>
      <div class="lines">
        <pre>{lines}</pre>
        <button type="button" onClick={copy}>
          <Icon name="copy" /> Copy
        </button>
      </div>
      {appToken === null && (door === 'hub' || door === 'none') ? (
        <p class="faint">The token stands in the terminal where the inspector was started.</p>
      ) : null}
    </>
  )
}

/** Nobody can be heard: why, and what helps. */
function Shut({ appToken }: { readonly appToken: string | null }) {
  const door = doorOf(location.search, null)
  if (door === 'standard' || door === 'window') {
    return (
      <>
        <h2>No window to listen to</h2>
        <p>This address is opened by an app, in a window or in a frame of its own:</p>
        <Lines appToken={appToken} />
      </>
    )
  }
  return <LetIn />
}

export function Empty({ appToken }: { readonly appToken: string | null }) {
  const store = useStore()
  const source = store.source.value
  return (
    <section class="empty" aria-label="Nothing attached yet">
      <div>
        {source === 'refused' || source === 'none' ? (
          <Shut appToken={appToken} />
        ) : (
          <>
            <h2>Nothing attached yet</h2>
            <p>Any XState 5 actor will do: its chart, its timers and its messages appear here as they happen.</p>
            <Lines appToken={appToken} />
          </>
        )}
        <p class="recording">
          <button type="button" onClick={() => openFiles(store)}>
            <Icon name="open" /> Open a recording
          </button>
          <span class="faint">or drop one anywhere on this page</span>
        </p>
      </div>
    </section>
  )
}
