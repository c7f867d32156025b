/**
 * Everything the page can be told to do, by name: for the palette and the keys. Loaded at the first of them.
 *
 * @module
 */
import type { CanvasHandle } from '../chart/canvas.tsx'
import { openFiles } from '../source/recordings.ts'
import type { Store } from '../store.ts'
import { forgetRange, markBegin, markEnd } from '../timeline/range.ts'
import { commandKeys, panelKey } from './command-keys.ts'
import { exportAs, exportKindsOf, exportTitles } from './exporting.ts'
import { tabs } from './panel-list.ts'
import { stepBy } from './step.ts'
import { nextTheme } from './theme.ts'

export interface Command {
  readonly id: string
  readonly title: string
  /** As `KeyboardEvent.key` gives it. */
  readonly key?: string | undefined
  readonly run: () => void
}

export function commandsOf(store: Store, handle: CanvasHandle): Command[] {
  const { lens, density } = handle.stage ?? {}
  return [
    { id: 'pause', title: 'Pause or go on', key: commandKeys.pause, run: store.pause },
    { id: 'live', title: 'Back to live', key: commandKeys.live, run: store.goLive },
    { id: 'back', title: 'Step back', key: commandKeys.back, run: () => stepBy(store, -1) },
    { id: 'on', title: 'Step forward', key: commandKeys.on, run: () => stepBy(store, 1) },
    { id: 'fit', title: 'Fit the chart', key: commandKeys.fit, run: () => lens?.fit() },
    { id: 'follow', title: 'Follow what is active', run: () => lens?.follow() },
    ...(density === undefined
      ? []
      : [
          { id: 'overview', title: 'Chart: overview', run: () => (density.value = 'overview') },
          { id: 'detail', title: 'Chart: detail', run: () => (density.value = 'detail') },
        ]),
    ...tabs.map(({ id, title }, index) => ({
      id: `tab ${id}`,
      title: `Show ${title.toLowerCase()}`,
      key: panelKey(index),
      run: () => (store.tab.value = id),
    })),
    { id: 'theme', title: 'Change the theme', run: () => (store.theme.value = nextTheme(store.theme.peek())) },
    { id: 'open', title: 'Open a recording', run: () => openFiles(store) },
    { id: 'begin', title: 'Begin the marked range here', key: commandKeys.begin, run: () => markBegin(store) },
    { id: 'end', title: 'End the marked range here', key: commandKeys.end, run: () => markEnd(store) },
    ...(store.range.peek() === null
      ? []
      : [{ id: 'forget', title: 'Forget the marked range', key: commandKeys.forget, run: () => forgetRange(store) }]),
    ...exportKindsOf(store).map((kind) => ({
      id: `export ${kind}`,
      title: `Export: ${exportTitles[kind]}`,
      run: () => void exportAs(kind, store, handle),
    })),
  ]
}

/** What can be looked at, as commands: the palette finds actors too. */
export function actorCommands(store: Store): Command[] {
  return store.session.apps.flatMap((app) =>
    store.session
      .actors(app.key, null)
      .filter(({ status }) => status === 'active')
      .map((actor) => ({
        id: `actor ${app.key} ${actor.id}`,
        title: `${app.name} / ${actor.name}`,
        run: () => store.select(app.key, actor.id),
      })),
  )
}
