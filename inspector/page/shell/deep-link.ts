/**
 * `#app/actor/seq`: what is looked at, as an address that can be passed on.
 *
 * @module
 */
import { effect } from '@preact/signals'
import type { Store } from '../store.ts'

export interface DeepLink {
  readonly app: string
  readonly actor: string | null
  /** The entry that stands for the instant; `null` is now. */
  readonly seq: number | null
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

/** @param hash with or without the `#`. @returns `null` for anything else, a token among them. */
export function parseLink(hash: string): DeepLink | null {
  const [app = '', actor = '', seq = ''] = hash.replace(/^#/, '').split('/').map(decoded)
  if (app === null || app === '' || app.includes('=')) return null
  return { app, actor: actor || null, seq: /^\d{1,15}$/.test(seq ?? '') ? Number(seq) : null }
}

export function linkText({ app, actor, seq }: DeepLink): string {
  const parts = [app, ...(actor === null ? [] : [actor]), ...(actor === null || seq === null ? [] : [String(seq)])]
  return `#${parts.map(encodeURIComponent).join('/')}`
}

/**
 * Keeps the address in step with the page, and goes where an address says as soon as that is there.
 *
 * @returns stops it.
 */
export function followAddress(store: Store, wanted: DeepLink | null): () => void {
  let waiting = wanted
  const arrive = (): void => {
    if (waiting === null) return
    const { app, actor, seq } = waiting
    if (!store.session.apps.some(({ key }) => key === app)) return
    if (actor !== null && store.session.actor(app, actor, null) === undefined) return
    waiting = null
    store.select(app, actor)
    const entry = seq === null ? undefined : store.session.entries(app).find((candidate) => candidate.seq === seq)
    if (entry !== undefined) store.goTo(entry.t, entry.seq)
  }
  const stopWaiting = effect(() => {
    store.told.value
    arrive()
  })
  const stopWriting = effect(() => {
    const [app, actor, moment] = [store.app.value, store.actor.value, store.moment.value]
    if (app === null || waiting !== null) return
    const text = linkText({ app, actor, seq: moment.kind === 'instant' ? moment.seq : null })
    if (location.hash !== text) history.replaceState(null, '', text)
  })
  const turn = (): void => {
    waiting = parseLink(location.hash)
    arrive()
  }
  addEventListener('hashchange', turn)
  return () => {
    stopWaiting()
    stopWriting()
    removeEventListener('hashchange', turn)
  }
}
