/**
 * Opens the palette, which is loaded when it is asked for the first time. What is typed until it is there stands in it then.
 *
 * @module
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import type { Store } from '../store.ts'
import type { PaletteProps } from './palette.tsx'

export type PaletteState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'coming'; readonly typed: string }
  | { readonly kind: 'open'; readonly typed: string; readonly View: ComponentType<PaletteProps> }

export interface PaletteDoor {
  readonly state: ReadonlySignal<PaletteState>
  open(): void
  close(): void
  /** @param key as `KeyboardEvent.key` gives it. @returns whether it was meant for the palette that is still to come. */
  type(key: string): boolean
}

export function paletteDoor(store: Store): PaletteDoor {
  const state = signal<PaletteState>({ kind: 'closed' })
  const close = (): void => {
    state.value = { kind: 'closed' }
  }
  const bring = async (): Promise<void> => {
    try {
      const { Palette } = await import('./palette.tsx')
      const now = state.peek()
      if (now.kind === 'coming') state.value = { kind: 'open', typed: now.typed, View: Palette }
    } catch {
      close()
      store.notice.value = 'The commands could not be loaded: is the hub still there?'
    }
  }
  return {
    state,
    open() {
      if (state.peek().kind !== 'closed') return
      state.value = { kind: 'coming', typed: '' }
      void bring()
    },
    close,
    type(key) {
      const now = state.peek()
      if (now.kind !== 'coming') return false
      if (key === 'Escape') close()
      else if (key === 'Backspace') state.value = { ...now, typed: now.typed.slice(0, -1) }
      else if (key.length === 1) state.value = { ...now, typed: now.typed + key }
      // Nobody has seen yet what Enter would run.
      return true
    },
  }
}
