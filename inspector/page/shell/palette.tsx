/** @jsxImportSource preact */
/**
 * The command palette: a few letters, Enter.
 *
 * @module
 */
import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { CanvasHandle } from '../chart/canvas.tsx'
import { useStore } from '../store.ts'
import { actorCommands, type Command, commandsOf } from './commands.ts'

/** More does not help to choose. */
const mostShown = 12

const keyNames: Readonly<Record<string, string>> = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→' }

/** Whether the letters of the query come in this order. */
function matches(title: string, query: string): boolean {
  let from = 0
  for (const letter of query.toLowerCase().replaceAll(' ', '')) {
    from = title.indexOf(letter, from) + 1
    if (from === 0) return false
  }
  return true
}

export interface PaletteProps {
  readonly handle: CanvasHandle
  /** What was typed before it was there. */
  readonly typed: string
  readonly onClose: () => void
}

export function Palette({ handle, typed, onClose }: PaletteProps) {
  const store = useStore()
  const query = useSignal(typed)
  const chosen = useSignal(0)
  const dialog = useRef<HTMLDialogElement>(null)
  // Before the next key is typed, not after the next frame.
  useLayoutEffect(() => dialog.current?.showModal(), [])
  const commands = [...commandsOf(store, handle), ...actorCommands(store)]
  const found = commands.filter(({ title }) => matches(title.toLowerCase(), query.value)).slice(0, mostShown)
  const at = Math.min(chosen.value, found.length - 1)
  const run = (command: Command | undefined): void => {
    dialog.current?.close()
    command?.run()
  }
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      chosen.value = (at + step + found.length) % Math.max(1, found.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(found[at])
    }
  }
  return (
    <dialog class="palette" ref={dialog} aria-label="Commands" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label="Command"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found.length === 0 ? undefined : `palette-${at}`}
        placeholder="Command or actor"
        autocomplete="off"
        spellcheck={false}
        defaultValue={typed}
        onInput={(event) => {
          query.value = event.currentTarget.value
          chosen.value = 0
        }}
        onKeyDown={press}
      />
      <div id="palette-list" role="listbox" aria-label="Commands found" tabIndex={-1}>
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above, which keeps the focus.
          <div
            key={command.id}
            id={`palette-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            {command.key === undefined ? null : <kbd>{keyNames[command.key] ?? command.key.toUpperCase()}</kbd>}
          </div>
        ))}
      </div>
      <p role="status">{found.length === 0 ? 'No command and no actor is called that.' : null}</p>
    </dialog>
  )
}
