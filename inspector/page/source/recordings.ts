/**
 * Recordings and coverage out of files: chosen, or dropped anywhere on the page. No server is needed for that.
 *
 * @module
 */
import { tabs } from '../shell/panel-list.ts'
import type { Store } from '../store.ts'

/** When the page has been loaded for so long it is of use, and may think of later, in ms. */
const settledAfter = 2_000

/** What opens and saves files, and what shows them: who has lost the hub can load nothing any more. */
const lateParts: readonly (() => Promise<unknown>)[] = [
  () => import('./opened-file.ts'),
  () => import('./exports.ts'),
  () => import('../../session/coverage.ts'),
  ...tabs.map(({ load }) => load),
]

async function loadAhead(signal: AbortSignal): Promise<void> {
  for (const load of lateParts) {
    await new Promise<void>((resolve) => whenIdle(resolve))
    if (signal.aborted) return
    // Who wants it hears of the failure then.
    await load().catch(() => undefined)
  }
}

/** Not every browser says when it has nothing to do. */
function whenIdle(then: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(then)
  else setTimeout(then)
}

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

/** Takes what is dropped on the page, and loads what that needs when there is nothing else to do. @returns stops it. */
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
  const timer = setTimeout(() => void loadAhead(signal), settledAfter)
  return () => {
    mark('')
    clearTimeout(timer)
    leaving.abort()
  }
}
