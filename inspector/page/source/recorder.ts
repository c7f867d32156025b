/**
 * A recording of some time: begins now, is saved when it stops.
 *
 * @module
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { Span } from '../../session/cutting.ts'
import type { AppView } from '../../session/view.ts'
import type { Store } from '../store.ts'

/** `from`: as `t` of the app that is recorded, which need not be the one that is looked at. */
export type Taking =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'taking'; readonly app: string; readonly from: number }

export interface Recorder {
  readonly taking: ReadonlySignal<Taking>
  /** Of the selected app. */
  start(): void
  /** Saves what was told since the start, and says so. */
  stop(): Promise<void>
  /** Saves the range that is marked, and says so. */
  saveRange(): Promise<void>
}

/** Says what came of it. @returns whether it is saved. */
async function save(store: Store, app: AppView, span: Span): Promise<boolean> {
  try {
    const { saveSpan } = await import('./exports.ts')
    store.notice.value = saveSpan(store, app, span)
    return true
  } catch {
    store.notice.value = 'The recording could not be saved: is the hub still there?'
    return false
  }
}

/**
 * Nothing is kept twice: what a session lets go of meanwhile is missing, and the file says how much.
 *
 * @example
 * const recorder = createRecorder(store)
 */
export function createRecorder(store: Store): Recorder {
  const taking = signal<Taking>({ kind: 'nothing' })
  return {
    taking,
    start() {
      const app = store.app.peek()
      if (app !== null) taking.value = { kind: 'taking', app, from: store.now() }
    },
    async stop() {
      const taken = taking.peek()
      if (taken.kind === 'nothing') return
      const { app: key } = taken
      const app = store.session.apps.find((candidate) => candidate.key === key)
      const to = Math.max(app?.now ?? 0, key === store.app.peek() ? store.now() : 0)
      taking.value = { kind: 'nothing' }
      if (app === undefined) {
        store.notice.value = 'The app that was recorded is no longer kept.'
        return
      }
      // Another run has begun under this name: its clock began again, and all that is kept is of now.
      const from = to < taken.from ? 0 : taken.from
      if (!(await save(store, app, { from, to }))) taking.value = taken
    },
    async saveRange() {
      const [app, range] = [store.selectedApp.peek(), store.range.peek()]
      if (app !== undefined && range !== null) await save(store, app, range)
    },
  }
}
