/**
 * The keyboard's way to the commands.
 *
 * @module
 */
import type { CanvasHandle } from '../chart/canvas.tsx'
import type { Store } from '../store.ts'
import { commandKeys, isCommandKey } from './command-keys.ts'
import type { Environment } from './environment.ts'
import type { PaletteDoor } from './palette-door.ts'

/** Also of a key in another window, whose classes are others. */
function isPress(event: Event): event is KeyboardEvent {
  return 'key' in event
}

/** Where a key means what is written on it: text fields, and whatever a widget has taken for itself. */
function isTyped(event: KeyboardEvent): boolean {
  const { target } = event
  if (event.defaultPrevented || event.altKey || event.isComposing) return true
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('input, textarea, select, dialog, [contenteditable]') !== null) return true
  // Space presses a button.
  return event.key === ' ' && target.closest('button, a, summary, [role=tab]') !== null
}

function isTaken(event: KeyboardEvent): boolean {
  const { target } = event
  return (
    /^Arrow/.test(event.key) &&
    target instanceof HTMLElement &&
    target.closest('[role=tree], [role=tablist], [role=listbox], [role=grid], [role=menu]') !== null
  )
}

/** Loads the commands with the first of them. Never rejects. */
async function runCommand(key: string, store: Store, handle: CanvasHandle): Promise<void> {
  try {
    const { commandsOf } = await import('./commands.ts')
    commandsOf(store, handle)
      .find((command) => command.key === key)
      ?.run()
  } catch {
    store.notice.value = 'The commands could not be loaded: is the hub still there?'
  }
}

/** @returns stops listening. */
export function listenToKeys(
  { keys, root }: Environment,
  store: Store,
  handle: CanvasHandle,
  palette: PaletteDoor,
): () => void {
  const filterField = (): HTMLElement | null => root.querySelector('[data-filter]')
  let running = Promise.resolve()
  const press = (event: Event): void => {
    if (!isPress(event)) return
    const withControl = event.ctrlKey || event.metaKey
    if (withControl && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      palette.open()
      return
    }
    if (!withControl && !event.altKey && palette.type(event.key)) {
      event.preventDefault()
      return
    }
    if (withControl || isTyped(event) || isTaken(event)) return
    if (event.key === '/') {
      if (filterField() === null) store.tab.value = 'events'
      event.preventDefault()
      requestAnimationFrame(() => filterField()?.focus())
      return
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    if (!isCommandKey(key) || (key === commandKeys.forget && store.range.peek() === null)) return
    event.preventDefault()
    // While the commands are on their way, browsers answer later requests for them first.
    running = running.then(() => runCommand(key, store, handle))
  }
  keys.addEventListener('keydown', press)
  return () => keys.removeEventListener('keydown', press)
}
