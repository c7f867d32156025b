/** @jsxImportSource preact */
/**
 * The bar above the log: the query with what was not understood of it, and pause.
 *
 * @module
 */
import { useId } from 'preact/hooks'
import { useStore } from '../store.ts'

export function QueryBar({ misunderstood }: { readonly misunderstood: readonly string[] }) {
  const store = useStore()
  const hint = useId()
  const live = store.moment.value.kind === 'live'
  const wrong = misunderstood.length > 0
  return (
    <search class="query-bar">
      <input
        id="query"
        data-filter=""
        type="search"
        aria-label="Filter events"
        placeholder="type:after actor:chat-1 -message"
        autocomplete="off"
        spellcheck={false}
        value={store.query.value}
        aria-invalid={wrong}
        aria-describedby={wrong ? hint : undefined}
        onInput={(event) => {
          store.query.value = event.currentTarget.value
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          // A browser would empty the field as well.
          event.preventDefault()
          event.currentTarget.blur()
        }}
      />
      <button type="button" class="quiet" aria-pressed={!live} onClick={() => store.pause()}>
        {live ? 'Pause' : 'Go live'}
      </button>
      {wrong && (
        <p class="hint" id={hint}>
          {misunderstood.join(' ')}
        </p>
      )}
    </search>
  )
}
