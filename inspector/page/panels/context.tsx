/** @jsxImportSource preact */
/**
 * The context of the selected actor, redacted in the app, as a tree in which the latest changes are marked.
 *
 * @module
 */
import { useRef } from 'preact/hooks'
import { useStore } from '../store.ts'
import { Empty } from './common.tsx'
import { actorName } from './facts.ts'
import { Payload } from './payload.tsx'
import { useWant } from './want.ts'

export function Context() {
  const store = useStore()
  const [app, actor] = [store.app.value, store.actor.value]
  useWant(actor)
  if (app === null || actor === null) return <Empty title="No actor selected">Its context appears here.</Empty>
  return <ContextOf key={`${app} ${actor}`} app={app} actor={actor} />
}

function ContextOf({ app, actor }: { readonly app: string; readonly actor: string }) {
  const store = useStore()
  store.told.value
  const text = store.session.context(app, actor)
  const before = useBefore(text)
  if (text === undefined) {
    return <Empty title="No context yet">{actorName(store.session, app, actor)} is asked for it.</Empty>
  }
  return (
    <section class="panel context" aria-label="Context">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
      <section class="scrolled" aria-label="What it holds" tabIndex={0}>
        {store.at.value !== null && (
          <p class="note">This is the context as it is now: it is not kept for earlier instants.</p>
        )}
        <Payload text={text} title={actorName(store.session, app, actor)} copied="context" before={before} />
      </section>
    </section>
  )
}

/** The text that stood here before the present one. */
function useBefore(text: string | undefined): string | undefined {
  const texts = useRef<{ now: string | undefined; before: string | undefined }>({ now: text, before: undefined })
  if (texts.current.now !== text) texts.current = { now: text, before: texts.current.now }
  return texts.current.before
}
