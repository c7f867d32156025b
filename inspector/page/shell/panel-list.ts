/**
 * The panels, in the order of their tabs. The first one is there, each other is loaded when it is looked at for the first time.
 *
 * @module
 */
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { Events } from '../panels/events.tsx'
import type { Store } from '../store.ts'

interface Tab {
  /** As in `store.tab`. */
  readonly id: string
  readonly title: string
  readonly load: () => Promise<ComponentType>
}

export const tabs: readonly Tab[] = [
  { id: 'events', title: 'Events', load: async () => Events },
  { id: 'sequence', title: 'Sequence', load: async () => (await import('../panels/sequence.tsx')).Sequence },
  { id: 'messages', title: 'Messages', load: async () => (await import('../panels/messages.tsx')).Messages },
  { id: 'context', title: 'Context', load: async () => (await import('../panels/context.tsx')).Context },
  { id: 'health', title: 'Health', load: async () => (await import('../panels/health.tsx')).Health },
  { id: 'coverage', title: 'Coverage', load: async () => (await import('../panels/coverage.tsx')).Coverage },
]

/** Those that are there, by their id. */
export const views = signal<ReadonlyMap<string, ComponentType>>(new Map([['events', Events]]))

export async function loadPanel({ id, load }: Tab, store: Store): Promise<void> {
  if (views.peek().has(id)) return
  try {
    const view = await load()
    views.value = new Map([...views.peek(), [id, view]])
  } catch {
    store.notice.value = 'The panel could not be loaded: is the hub still there? Load the page again.'
  }
}
