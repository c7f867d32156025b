/**
 * Recordings and coverage out of files: chosen, or dropped anywhere on the page. No server is needed for that.
 *
 * @module
 */
import type { Store } from '../store.ts'

async function openFile(store: Store, file: File): Promise<void> {
  try {
    const part = await import('./opened-file.ts')
    await part.openFile(store, file)
  } catch {
    store.notice.value = `${file.name} cannot be opened: a part of this page could not be loaded. Load the page again.`
  }
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
