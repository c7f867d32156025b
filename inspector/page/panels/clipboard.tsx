/** @jsxImportSource preact */
/**
 * The button that copies a text.
 *
 * @module
 */
import { useStore } from '../store.ts'
import { Icon } from './icons.tsx'

/** @param props.text asked for when it is pressed: joining a long one is work. @param props.what `payload`: "Copy payload". */
export function CopyButton({ text, what }: { readonly text: () => string; readonly what: string }) {
  const store = useStore()
  const copy = (): void => {
    const said = (words: string) => () => {
      store.notice.value = words
    }
    // Without a secure context there is no clipboard at all.
    const written = navigator.clipboard?.writeText(text()) ?? Promise.reject(new Error('no clipboard'))
    void written.then(said(`Copied ${what}`), said('The browser does not let the page copy'))
  }
  return (
    <button type="button" class="quiet" onClick={copy} aria-label={`Copy ${what}`}>
      <Icon name="copy" /> Copy
    </button>
  )
}
