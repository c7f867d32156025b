/**
 * What the page shows at the moment: which app and actor, live or an instant, filter, tab, theme. One store for the whole page;
 * a component takes it with `useStore()` and reads the signals it draws.
 *
 * @module
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Asked, HubMessage, ViewerMessage } from '../protocol/messages.ts'
import type { Span } from '../session/cutting.ts'
import type { Session } from '../session/session.ts'
import type { ActorView, AppView } from '../session/view.ts'
import type { ChartView } from './chart/chart-view.ts'
import { createClocks } from './clocks.ts'
import { createRhythm, type Rhythm } from './rhythm.ts'

/** `live` follows what is told. `instant` shows everything as it was; `seq` names the entry that was clicked, if one was. */
export type Moment =
  | { readonly kind: 'live' }
  | { readonly kind: 'instant'; readonly at: number; readonly seq: number | null }

export type Theme = 'system' | 'dark' | 'light'

/** How the hub is reached; `here` when apps of this origin are heard without one, `none` when the page shows recordings alone. */
export type SourceState = 'none' | 'here' | 'connecting' | 'open' | 'waiting' | 'refused'

export interface Store {
  readonly session: Session
  /** Changes when something was told: at most once a frame, never in a hidden tab. Read it to be repainted. */
  readonly told: ReadonlySignal<number>
  /** The same for whatever has many rows: at most 8 times a second above 500 entries a second. */
  readonly logTold: ReadonlySignal<number>
  /** Entries a second, over the last second. */
  readonly rate: ReadonlySignal<number>

  /** The selected app's key. */
  readonly app: Signal<string | null>
  /** The selected actor's id. */
  readonly actor: Signal<string | null>
  readonly moment: Signal<Moment>
  readonly query: Signal<string>
  /** Id of the open panel. */
  readonly tab: Signal<string>
  readonly theme: Signal<Theme>
  /** Where the reader has put the camera over the chart; `null` while it finds its place by itself. */
  readonly view: Signal<ChartView | null>
  /** What the reader has marked on the timeline of the selected app, to be saved. */
  readonly range: Signal<Span | null>
  /** Coverage on the chart. */
  readonly heat: Signal<boolean>
  readonly source: Signal<SourceState>
  /** What the page has to say once, politely: copied, refused, opened. */
  readonly notice: Signal<string>

  /** The instant to show, as `t` of the selected app; `null` is now. What the session's functions take as `at`. */
  readonly at: ReadonlySignal<number | null>
  readonly apps: ReadonlySignal<readonly AppView[]>
  readonly selectedApp: ReadonlySignal<AppView | undefined>
  /** The selected actor as it is at `at`. */
  readonly selectedActor: ReadonlySignal<ActorView | undefined>

  /** The selected app's `t` at the moment, also between two messages. */
  now(): number
  /** What the hub or a recording tells. */
  apply(message: HubMessage): void
  select(app: string, actor?: string | null): void
  /** Shows the whole page as it was. @param seq of the entry that stands for the instant. */
  goTo(at: number, seq?: number | null): void
  goLive(): void
  /** Stops at the present instant, or goes on live. */
  pause(): void
  /** Asks the selected app. */
  ask(asked: ViewerMessage): void
}

export interface StoreOptions {
  readonly session: Session
  /** Carries what is asked to an app. Default: nowhere, as for a recording. */
  readonly ask?: ((asked: Asked) => void) | undefined
  /** When to repaint. Default: animation frames, which a hidden tab has none of. */
  readonly rhythm?: Rhythm | undefined
}

/**
 * @example
 * const store = createStore({ session: createSession(), ask: socket.ask })
 */
export function createStore({ session, ask = () => {}, rhythm = createRhythm() }: StoreOptions): Store {
  const { told, logTold, rate } = rhythm
  const app = signal<string | null>(null)
  const actor = signal<string | null>(null)
  const moment = signal<Moment>({ kind: 'live' })
  const view = signal<ChartView | null>(null)
  const range = signal<Span | null>(null)
  const at = computed(() => (moment.value.kind === 'live' ? null : moment.value.at))
  const apps = computed(() => {
    told.value
    return [...session.apps]
  })
  const selectedApp = computed(() => apps.value.find(({ key }) => key === app.value))
  const selectedActor = computed(() => {
    told.value
    return app.value === null || actor.value === null ? undefined : session.actor(app.value, actor.value, at.value)
  })
  const clocks = createClocks()
  session.subscribe(() => {
    clocks.hear(session.apps)
    rhythm.tell()
  })

  const goTo = (instant: number, seq: number | null = null): void => {
    moment.value = { kind: 'instant', at: instant, seq }
  }
  const goLive = (): void => {
    moment.value = { kind: 'live' }
  }
  return {
    session,
    told,
    logTold,
    rate,
    app,
    actor,
    moment,
    query: signal(''),
    tab: signal('events'),
    theme: signal<Theme>('system'),
    view,
    range,
    heat: signal(false),
    source: signal<SourceState>('none'),
    notice: signal(''),
    at,
    apps,
    selectedApp,
    selectedActor,
    now: () => clocks.now(session.apps.find(({ key }) => key === app.peek())),
    apply(message) {
      rhythm.count(entriesIn(message))
      session.apply(message)
    },
    select(key, id = null) {
      batch(() => {
        // Another app has another clock: an instant of this one means nothing there.
        if (app.peek() !== key) {
          goLive()
          range.value = null
        }
        // Another actor has another chart.
        if (app.peek() !== key || actor.peek() !== id) view.value = null
        app.value = key
        actor.value = id
      })
    },
    goTo,
    goLive,
    pause() {
      if (moment.peek().kind === 'instant') goLive()
      else if (app.peek() !== null) goTo(clocks.now(session.apps.find(({ key }) => key === app.peek())))
    },
    ask(asked) {
      const key = app.peek()
      if (key !== null) ask({ app: key, asked })
    },
  }
}

function entriesIn(message: HubMessage): number {
  if (!('messages' in message)) return 0
  return message.messages.filter(({ kind }) => kind === 'event' || kind === 'step' || kind === 'frame').length
}

export const StoreContext = createContext<Store | null>(null)

/** The page's store. @throws Error outside of `StoreContext.Provider`. */
export function useStore(): Store {
  const store = useContext(StoreContext)
  if (store === null) throw new Error('This component stands outside of the page: there is no StoreContext around it.')
  return store
}
