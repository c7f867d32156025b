/**
 * What is shown, as a file: recording, regression test, sequence, archive, picture.
 *
 * @module
 */
import type { Span } from '../../session/cutting.ts'
import { har } from '../../session/har.ts'
import { mermaid } from '../../session/mermaid.ts'
import { isRefused, record } from '../../session/recording.ts'
import { regressionTest } from '../../session/regression-test.ts'
import type { AppView } from '../../session/view.ts'
import { lengthWords } from '../../session/words.ts'
import type { Scene } from '../chart/stage.ts'
import type { ExportKind } from '../shell/exporting.ts'
import type { Store } from '../store.ts'
import { pictureOf } from './picture.ts'

interface MadeFile {
  readonly name: string
  readonly type: string
  readonly text: string
}

type Made = MadeFile | { readonly refused: string }

function recordingOf({ name }: AppView, text: string): MadeFile {
  return { name: `${name}.statewire.json`, type: 'application/json', text }
}

function made(kind: ExportKind, store: Store, scene: Scene | undefined): Made {
  const { session } = store
  const [app, actor] = [store.selectedApp.peek(), store.selectedActor.peek()]
  if (app === undefined) return { refused: 'There is nothing to export yet.' }
  const range = store.range.peek()
  if (kind === 'range') {
    if (range === null) return { refused: 'No range is marked.' }
    return recordingOf(app, record(session, app.key, range))
  }
  if (kind === 'recording') return recordingOf(app, record(session, app.key))
  if (kind === 'har') return { name: `${app.name}.har`, type: 'application/json', text: har(session, app.key) }
  if (kind === 'sequence') {
    const entries = session.entries(app.key)
    const { from, to } = range ?? { from: entries[0]?.t ?? 0, to: store.at.peek() ?? app.now }
    const text = mermaid(session, app.key, from, to)
    return { name: `${app.name}.mmd`, type: 'text/plain', text }
  }
  if (actor === undefined) return { refused: 'No actor is selected.' }
  if (kind === 'chart') {
    if (scene?.kind !== 'chart') return { refused: `${actor.name} has no chart.` }
    return { name: `${actor.name}.svg`, type: 'image/svg+xml', text: pictureOf(scene.drawing) }
  }
  const test = regressionTest(session, app.key, actor.id)
  if (isRefused(test)) return test
  return { name: `${actor.name}.test.ts`, type: 'text/plain', text: test.text }
}

/** Saves what an app has told in some time. @returns what to say about it. */
export function saveSpan(store: Store, app: AppView, span: Span): string {
  const file = recordingOf(app, record(store.session, app.key, span))
  return `${saved(file)} ${lengthWords(span.to - span.from)} of ${app.name}.`
}

/** Saves a file. @returns what to say about it. */
export function exportFile(kind: ExportKind, store: Store, scene: Scene | undefined): string {
  const file = made(kind, store, scene)
  return 'refused' in file ? file.refused : saved(file)
}

function saved(file: MadeFile): string {
  // Names come from apps: what a file system or a shell would take for more than a name is left out.
  const name = file.name.replaceAll(/[^\w.-]+/g, '-')
  const address = URL.createObjectURL(new Blob([file.text], { type: file.type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has begun when the click returns; the next task may let go of it.
  setTimeout(() => URL.revokeObjectURL(address))
  return `Saved ${name}.`
}
