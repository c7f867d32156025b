/**
 * Recordings out of files: chosen, or dropped anywhere on the page. No server is needed for that.
 *
 * @module
 */
import { isRefused, openRecording } from '../../session/recording.ts'
import { firstActor } from '../shell/tree-rows.ts'
import type { Store } from '../store.ts'

/** Larger files are nobody's recording. */
const mostBytes = 128 * 1024 * 1024

/** Shows a recording, or says why not. */
export async function openFile(store: Store, file: File): Promise<void> {
  if (file.size > mostBytes) {
    store.notice.value = `${file.name} is too large for a recording.`
    return
  }
  const recording = openRecording(await file.text().catch(() => ''))
  if (isRefused(recording)) {
    store.notice.value = recording.refused
    return
  }
  const key = store.session.open(recording)
  store.select(key, firstActor(store.session.actors(key, null))?.id ?? null)
  store.notice.value = `Opened ${file.name}.`
}

/** Lets the reader choose a file. */
export function openFiles(store: Store): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = '.json,application/json'
  input.addEventListener('change', () => {
    for (const file of input.files ?? []) void openFile(store, file)
  })
  input.click()
}

/** Takes what is dropped on the page. @returns stops it. */
export function acceptDrops(store: Store): () => void {
  const leaving = new AbortController()
  const { signal } = leaving
  const mark = (words: string): void => {
    if (words === '') delete document.body.dataset.drop
    else document.body.dataset.drop = words
  }
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
  addEventListener(
    'dragover',
    (event) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      mark('over')
    },
    { signal },
  )
  addEventListener('dragleave', (event) => event.relatedTarget === null && mark(''), { signal })
  addEventListener(
    'drop',
    (event) => {
      mark('')
      if (!hasFiles(event)) return
      event.preventDefault()
      for (const file of event.dataTransfer?.files ?? []) void openFile(store, file)
    },
    { signal },
  )
  return () => {
    mark('')
    leaving.abort()
  }
}
