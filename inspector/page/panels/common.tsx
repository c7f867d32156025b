/** @jsxImportSource preact */
/**
 * Small pieces that several panels show.
 *
 * @module
 */
import type { ComponentChildren } from 'preact'
import { Icon } from './icons.tsx'

/** What stands where nothing is to be shown: what would appear, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="panel-empty">
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  )
}

/** Leads from reading back to the newest row. */
export function Newest({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" class="quiet newest" onClick={onClick}>
      <Icon name="down" /> Follow
    </button>
  )
}

export interface Choice {
  readonly id: string
  readonly title: string
  choose(): void
}

export interface ChoicesProps {
  readonly label: string
  readonly choices: readonly Choice[]
  /** Its id. */
  readonly chosen: string
}

/** One of a few, side by side. */
export function Choices({ label, choices, chosen }: ChoicesProps) {
  return (
    <fieldset class="choices" aria-label={label}>
      {choices.map(({ id, title, choose }) => (
        <button key={id} type="button" class="quiet" title={title} aria-pressed={id === chosen} onClick={choose}>
          <span>{title}</span>
        </button>
      ))}
    </fieldset>
  )
}
