/**
 * What an open panel wants to be told: asked again when another app or actor is looked at, or the hub is back.
 *
 * @module
 */
import { useEffect } from 'preact/hooks'
import { useStore } from '../store.ts'

/** @param contextOf whose context is shown; `null` for nobody's. The texts of frames are wanted as long as a panel is open. */
export function useWant(contextOf: string | null): void {
  const store = useStore()
  const app = store.app.value
  const source = store.source.value
  // biome-ignore lint/correctness/useExhaustiveDependencies: an app that is selected, and a hub that is back, know nothing yet.
  useEffect(() => {
    store.ask({ kind: 'want', contextOf, texts: true })
    return () => store.ask({ kind: 'want', contextOf: null, texts: false })
  }, [store, app, source, contextOf])
}
