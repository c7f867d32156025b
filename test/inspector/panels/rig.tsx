/** @jsxImportSource preact */
/**
 * Panels in a document of their own, and what they are shown: a plain session of any length, and a short story in a real one.
 *
 * @module
 */
import { h, render } from 'preact'
import { onTestFinished } from 'vitest'
import '../../../inspector/chart/tokens.css'
import '../../../inspector/page/controls.css'
import '../../../inspector/page/frame.css'
import { panels } from '../../../inspector/page/panels/index.ts'
import '../../../inspector/page/panels/panels.css'
import { createRhythm } from '../../../inspector/page/rhythm.ts'
import { createStore, type Store, StoreContext } from '../../../inspector/page/store.ts'
import type { Asked } from '../../../inspector/protocol/messages.ts'
import type { Session } from '../../../inspector/session/session.ts'
import type { ActorView, AppView, Entry } from '../../../inspector/session/view.ts'
import { act } from './act.ts'

export interface Mounted {
  readonly store: Store
  readonly host: HTMLElement
  /** All that was asked of the app. */
  readonly asked: readonly Asked[]
}

/** A panel as the page mounts it, with the first app of the session selected. @param width in pixels. */
export function mount(id: string, session: Session, actor: string | null = null, width = 368): Mounted {
  const asked: Asked[] = []
  const store = createStore({
    session,
    ask: (question) => asked.push(question),
    rhythm: createRhythm({ frame: (paint) => queueMicrotask(paint) }),
  })
  store.select(session.apps[0]?.key ?? '', actor)
  const host = document.createElement('div')
  Object.assign(host.style, { width: `${width}px`, height: '720px', background: 'var(--panel)' })
  document.body.append(host)
  const view = panels.find((panel) => panel.id === id)?.view
  if (view === undefined) throw new Error(`There is no panel ${id}.`)
  act(() => render(h(StoreContext.Provider, { value: store }, h(view, {})), host))
  onTestFinished(() => {
    act(() => render(null, host))
    host.remove()
    delete document.documentElement.dataset.theme
  })
  return { store, host, asked }
}

const app: AppView = { key: 'chat', name: 'chat', runtime: 'node', state: 'here', epoch: 0, now: 0, dropped: 120 }

export interface PlainSession extends Session {
  add(...entries: readonly Entry[]): void
  /** Lets the oldest go. */
  letGo(count: number): void
  tell(): void
}

/** Answers what it is given, of one app and one actor. */
export function plainSession(initial: readonly Entry[], payloads: Readonly<Record<number, string>> = {}): PlainSession {
  const listeners = new Set<() => void>()
  let entries = initial
  const actor: ActorView = {
    id: 'a',
    parent: null,
    name: 'chat-1',
    logic: 'machine',
    definition: null,
    status: 'active',
    value: 'idle',
    tags: [],
    phase: 'idle',
    waits: [],
  }
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    apply: tell,
    tell,
    apps: [app],
    actors: () => [actor],
    actor: (_, id) => (id === 'a' ? actor : undefined),
    machine: () => null,
    entries: () => entries,
    bands: () => [],
    health: () => undefined,
    fate: () => undefined,
    unsettled: () => undefined,
    payload: (_, seq) => payloads[seq],
    context: () => undefined,
    before: () => undefined,
    event: () => undefined,
    told: () => [],
    open: () => app.key,
    forget: () => {},
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    add(...more) {
      entries = [...entries, ...more]
      tell()
    },
    letGo(count) {
      entries = entries.slice(count)
      tell()
    },
  }
}

/** Events `tick 1`, `tick 2` and so on, a millisecond apart. */
export function ticks(count: number, from = 1): readonly Entry[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = from + index
    return { kind: 'event', seq, t: seq, actor: 'a', source: null, type: `tick ${seq}` }
  })
}

/** The accessible text of what is found. */
export function textsOf(host: ParentNode, selector: string): readonly string[] {
  return [...host.querySelectorAll(selector)].map(({ textContent }) => textContent?.replace(/\s+/g, ' ').trim() ?? '')
}
