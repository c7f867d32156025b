/** @jsxImportSource preact */
/**
 * The export menu.
 *
 * @module
 */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { CanvasHandle } from '../chart/canvas.tsx'
import { useStore } from '../store.ts'
import { exportAs, exportKindsOf, exportTitles } from './exporting.ts'
import { Icon } from './icon.tsx'

export function ExportMenu({ handle }: { readonly handle: CanvasHandle }) {
  const store = useStore()
  const state = useSignal<'open' | 'closed'>('closed')
  const root = useRef<HTMLDivElement>(null)
  const close = (): void => {
    state.value = 'closed'
    root.current?.querySelector('button')?.focus()
  }
  useEffect(() => {
    if (state.value === 'closed') return
    root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus()
    const menu = root.current
    if (menu === null) return
    // In a shadow tree the target is said to be its host: the path knows better.
    const leave = (event: Event): void => {
      if (!event.composedPath().includes(menu)) state.value = 'closed'
    }
    const { ownerDocument } = menu
    ownerDocument.addEventListener('pointerdown', leave)
    return () => ownerDocument.removeEventListener('pointerdown', leave)
  }, [state.value, state])
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && state.peek() === 'open') {
      event.preventDefault()
      close()
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const items = [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const at = items.findIndex((item) => item.matches(':focus'))
    items[(at + step + items.length) % items.length]?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears what its buttons are pressed with.
    <div class="menu" ref={root} onKeyDown={press}>
      <button
        type="button"
        aria-haspopup="menu"
        aria-expanded={state.value === 'open'}
        disabled={store.app.value === null}
        onClick={() => (state.value = state.value === 'open' ? 'closed' : 'open')}
      >
        Export <Icon name="down" />
      </button>
      {state.value === 'closed' ? null : (
        <div role="menu" aria-label="Export">
          {exportKindsOf(store).map((kind) => (
            <button
              type="button"
              role="menuitem"
              key={kind}
              tabIndex={-1}
              onClick={() => {
                close()
                void exportAs(kind, store, handle)
              }}
            >
              {exportTitles[kind]}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
