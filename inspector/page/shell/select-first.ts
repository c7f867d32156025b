/**
 * Something to look at, while the reader has chosen nothing.
 *
 * @module
 */
import { effect, untracked } from '@preact/signals'
import type { Store } from '../store.ts'
import { firstActor } from './tree-rows.ts'

/**
 * Selects for the reader until the reader selects: what comes later may be more worth a look than what came first.
 *
 * @returns stops it.
 */
export function selectFirst(store: Store): () => void {
  let chosen: { readonly app: string; readonly actor: string } | null = null
  return effect(() => {
    const apps = store.apps.value
    const [selectedApp, selectedActor] = [store.app.value, store.actor.value]
    const isOurs = chosen?.app === selectedApp && chosen?.actor === selectedActor
    if (selectedApp !== null && selectedActor !== null && !isOurs) return
    const app = apps.find(({ key }) => key === selectedApp) ?? apps.find(({ state }) => state === 'here') ?? apps[0]
    const actor = app === undefined ? undefined : firstActor(store.session.actors(app.key, null))
    if (app === undefined || actor === undefined || (isOurs && actor.id === selectedActor)) return
    // Once a connection is shown, another one is no reason to leave it.
    if (isOurs && actor.parent !== selectedActor) return
    chosen = { app: app.key, actor: actor.id }
    untracked(() => store.select(app.key, actor.id))
  })
}
