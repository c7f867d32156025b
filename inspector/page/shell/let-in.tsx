/** @jsxImportSource preact */
/**
 * The page without a token that is good: it was loaded again, or the hub was. What was looked at still stands in the address.
 *
 * @module
 */
import { fragmentIn, letIn } from '../source/token.ts'
import { useStore } from '../store.ts'
import { parseLink } from './deep-link.ts'

/** Whether this is the page one was looking at, loaded again. */
function isReload(): boolean {
  const [navigation] = performance.getEntriesByType('navigation')
  return navigation !== undefined && Reflect.get(navigation, 'type') === 'reload'
}

function words(isRefused: boolean): { readonly title: string; readonly why: string } {
  if (isRefused) {
    return { title: 'This page is not let in', why: 'The hub has another token, as after each start.' }
  }
  if (isReload()) {
    return { title: 'This page was loaded again', why: 'Its token was kept in memory only, and is gone.' }
  }
  return { title: 'No hub to listen to', why: 'The address carries a token, once, and this one had none.' }
}

export function LetIn() {
  const store = useStore()
  const { title, why } = words(store.source.value === 'refused')
  const enter = (event: SubmitEvent): void => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const given = new FormData(event.currentTarget).get('address')
    const fragment = typeof given === 'string' ? fragmentIn(given) : null
    if (fragment === null) store.notice.value = 'This is neither an address of the inspector nor a token.'
    else letIn(fragment)
  }
  return (
    <>
      <h2>{title}</h2>
      <p>
        {why} Paste the address that <code>statewire inspect</code> has printed
        {parseLink(location.hash) === null ? '.' : ': what you looked at is kept.'}
      </p>
      <form class="let-in" onSubmit={enter}>
        <input
          name="address"
          aria-label="Address or token"
          placeholder="Address or token"
          autocomplete="off"
          spellcheck={false}
        />
        <button type="submit">Look</button>
      </form>
    </>
  )
}
