/**
 * The panels on the right of the page, in the order of their tabs.
 *
 * @module
 */
import type { ComponentType } from 'preact'
import { Context } from './context.tsx'
import { Coverage } from './coverage.tsx'
import { Events } from './events.tsx'
import { Health } from './health.tsx'
import { Messages } from './messages.tsx'
import { Sequence } from './sequence.tsx'

export interface Panel {
  /** As in `store.tab`. */
  readonly id: string
  readonly title: string
  readonly view: ComponentType
}

export const panels: readonly Panel[] = [
  { id: 'events', title: 'Events', view: Events },
  { id: 'sequence', title: 'Sequence', view: Sequence },
  { id: 'messages', title: 'Messages', view: Messages },
  { id: 'context', title: 'Context', view: Context },
  { id: 'health', title: 'Health', view: Health },
  { id: 'coverage', title: 'Coverage', view: Coverage },
]
