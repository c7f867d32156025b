/**
 * `#app/actor/seq/panel/filter/view`: what is looked at, as an address that can be passed on. What is as it always is stays unsaid.
 *
 * @module
 */
import { batch, effect } from '@preact/signals'
import { type ChartView, viewIn, viewText } from '../chart/chart-view.ts'
import { givenIn, placeIn } from '../source/token.ts'
import type { Store } from '../store.ts'

export interface DeepLink {
  readonly app: string
  readonly actor: string | null
  /** The entry that stands for the instant; `null` is now. */
  readonly seq: number | null
  /** As in `store.tab`; `null` is the first. */
  readonly panel: string | null
  readonly filter: string
  /** Where the reader has put the camera; `null` while it finds its place by itself. */
  readonly view: ChartView | null
}

const firstPanel = 'events'

/** Browsers refuse to be told of a new address a hundred times in ten seconds; in ms. */
const settles = 250

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

/** @param hash with or without the `#`; the link may stand beside a token, as `at`. @returns `null` when there is none. */
export function parseLink(hash: string): DeepLink | null {
  const [app = '', actor = '', seq = '', panel = '', filter = '', view = ''] = placeIn(hash).split('/').map(decoded)
  if (app === null || app === '') return null
  return {
    app,
    actor: actor || null,
    seq: /^\d{1,15}$/.test(seq ?? '') ? Number(seq) : null,
    panel: panel || null,
    filter: filter ?? '',
    view: viewIn(view ?? ''),
  }
}

export function linkText({ app, actor, seq, panel, filter, view }: DeepLink): string {
  const parts = [app, actor ?? '', String(seq ?? ''), panel ?? '', filter, view === null ? '' : viewText(view)]
  while (parts.at(-1) === '') parts.pop()
  return `#${parts.map(encodeURIComponent).join('/')}`
}

/** What the page shows, and `null` while it shows nothing. */
function linkOf(store: Store): DeepLink | null {
  const [app, actor, moment] = [store.app.value, store.actor.value, store.moment.value]
  const [tab, filter, view] = [store.tab.value, store.query.value, store.view.value]
  if (app === null) return null
  const panel = tab === firstPanel ? null : tab
  const seq = moment.kind === 'live' ? null : (moment.seq ?? newestBefore(store, app, moment.at))
  return { app, actor, seq, panel, filter, view }
}

function newestBefore(store: Store, app: string, at: number): number | null {
  return store.session.entries(app).findLast(({ t }) => t <= at)?.seq ?? null
}

/** Goes there. @returns whether it could: what the link names may be still to come. */
function arrivedAt(store: Store, { app, actor, seq, panel, filter, view }: DeepLink): boolean {
  if (!store.session.apps.some(({ key }) => key === app)) return false
  if (actor !== null && store.session.actor(app, actor, null) === undefined) return false
  const entries = store.session.entries(app)
  const entry = seq === null ? undefined : entries.find((candidate) => candidate.seq === seq)
  // One that will come is waited for; one that is no longer kept never comes.
  if (seq !== null && entry === undefined && (entries.at(-1)?.seq ?? -1) < seq) return false
  batch(() => {
    store.select(app, actor)
    store.tab.value = panel ?? firstPanel
    store.query.value = filter
    store.view.value = view
    if (entry === undefined) store.goLive()
    else store.goTo(entry.t, entry.seq)
  })
  return true
}

/**
 * Keeps the address in step with the page, and goes where an address says as soon as that is there. An address with a token that
 * is pasted into the bar loads the page again, which takes the token out of it.
 *
 * @returns stops it.
 */
export function followAddress(store: Store, wanted: DeepLink | null): () => void {
  let waiting = wanted
  let writing: ReturnType<typeof setTimeout> | undefined
  const arrive = (): void => {
    if (waiting !== null && arrivedAt(store, waiting)) waiting = null
  }
  const write = (): void => {
    const link = waiting === null ? linkOf(store) : null
    const text = link === null ? location.hash : linkText(link)
    if (location.hash !== text) history.replaceState(null, '', text)
  }
  const stopWaiting = effect(() => {
    store.told.value
    arrive()
  })
  const stopWriting = effect(() => {
    if (linkOf(store) === null) return
    clearTimeout(writing)
    writing = setTimeout(write, settles)
  })
  const turn = (): void => {
    if (givenIn(location.hash).token !== null) {
      location.reload()
      return
    }
    clearTimeout(writing)
    waiting = parseLink(location.hash)
    arrive()
  }
  addEventListener('hashchange', turn)
  return () => {
    clearTimeout(writing)
    stopWaiting()
    stopWriting()
    removeEventListener('hashchange', turn)
  }
}
