/**
 * Everything the page can be told to do, by name: for the palette, the menu and the keys.
 *
 * @module
 */
import type { CanvasHandle } from '../chart/canvas.tsx'
import { openFiles } from '../source/recordings.ts'
import type { Store } from '../store.ts'
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

export type ExportKind = 'recording' | 'regression test' | 'sequence' | 'har' | 'chart'

export const exportTitles: Readonly<Record<ExportKind, string>> = {
  recording: 'Recording (.json)',
  'regression test': 'Regression test (.test.ts)',
  sequence: 'Sequence diagram (Mermaid)',
  har: 'Network archive (.har)',
  chart: 'Chart (.svg)',
}

/** Loaded when it is first wanted: nobody exports at the start. */
export async function exportAs(kind: ExportKind, store: Store, handle: CanvasHandle): Promise<void> {
  try {
    const { exportFile } = await import('../source/exports.ts')
    store.notice.value = exportFile(kind, store, handle.stage?.scene.peek())
  } catch {
    store.notice.value = 'The export could not be loaded: is the hub still there?'
  }
}

export function commandsOf(store: Store, handle: CanvasHandle): Command[] {
  const { lens, density } = handle.stage ?? {}
  return [
    { id: 'pause', title: 'Pause or go on', key: ' ', run: store.pause },
    { id: 'live', title: 'Back to live', key: 'l', run: store.goLive },
    { id: 'back', title: 'Step back', key: 'ArrowLeft', run: () => stepBy(store, -1) },
    { id: 'on', title: 'Step forward', key: 'ArrowRight', run: () => stepBy(store, 1) },
    { id: 'fit', title: 'Fit the chart', key: 'f', run: () => lens?.fit() },
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
      key: String(index + 1),
      run: () => (store.tab.value = id),
    })),
    { id: 'theme', title: 'Change the theme', run: () => (store.theme.value = nextTheme(store.theme.peek())) },
    { id: 'open', title: 'Open a recording', run: () => openFiles(store) },
    ...Object.entries(exportTitles).map(([kind, title]) => ({
      id: `export ${kind}`,
      title: `Export: ${title}`,
      run: () => void exportAs(isExport(kind) ? kind : 'recording', store, handle),
    })),
  ]
}

function isExport(kind: string): kind is ExportKind {
  return kind in exportTitles
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
