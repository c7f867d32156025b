/**
 * What can be exported, and how one asks for it.
 *
 * @module
 */
import type { CanvasHandle } from '../chart/canvas.tsx'
import type { Store } from '../store.ts'

export type ExportKind = 'range' | 'recording' | 'regression test' | 'sequence' | 'har' | 'chart'

export const exportTitles: Readonly<Record<ExportKind, string>> = {
  range: 'Marked range (.json)',
  recording: 'Recording (.json)',
  'regression test': 'Regression test (.test.ts)',
  sequence: 'Sequence diagram (Mermaid)',
  har: 'Network archive (.har)',
  chart: 'Chart (.svg)',
}

const always: readonly ExportKind[] = ['recording', 'regression test', 'sequence', 'har', 'chart']

/** What there is to export at the moment. */
export function exportKindsOf(store: Store): readonly ExportKind[] {
  return store.range.value === null ? always : ['range', ...always]
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
