/**
 * What all panels with many rows read: the app as it was when rows were last repainted, not as it is in every frame.
 *
 * @module
 */
import { useRef } from 'preact/hooks'
import type { Session } from '../../session/session.ts'
import type { AppView, Entry } from '../../session/view.ts'
import { type Store, useStore } from '../store.ts'
import { createFiltered, type Filtered, type Matches } from './filtered.ts'

export interface Shown {
  readonly store: Store
  readonly session: Session
  readonly app: AppView
  /** `null` is now. */
  readonly at: number | null
  /** Another one whenever rows are to be repainted: a component whose properties are all the same is not. */
  readonly told: number
}

/** @returns nothing while no app is selected. Repaints the component when the log is to be repainted. */
export function useShown(): Shown | undefined {
  const store = useStore()
  const told = store.logTold.value
  const key = store.app.value
  const at = store.at.value
  const app = store.session.apps.find((view) => view.key === key)
  return app === undefined ? undefined : { store, session: store.session, app, at, told }
}

/** The entries of an app that `matches` lets through. */
export function useFiltered(entries: readonly Entry[], matches: Matches): readonly Entry[] {
  const filtered = useRef<Filtered | null>(null)
  filtered.current ??= createFiltered()
  return filtered.current.update(entries, matches)
}

/** The last of some entries, sorted by time, that was told by an instant; -1 for none. */
export function placeAt(entries: readonly { readonly t: number }[], at: number | null): number {
  if (at === null) return -1
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.t ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
