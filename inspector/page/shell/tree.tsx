/** @jsxImportSource preact */
/**
 * The left of the page: apps, and the actors in them.
 *
 * @module
 */
import { useSignal } from '@preact/signals'
import { shortWords } from '../../session/words.ts'
import { useStore } from '../store.ts'
import { Icon } from './icon.tsx'
import { firstActor, type TreeRow, treeRows } from './tree-rows.ts'

const appStates = { here: '', gone: 'gone', recorded: 'recording' } as const

/** Arrow keys walk the rows; the focus itself is what shows where one is. */
function walk(event: KeyboardEvent): void {
  if (!(event.currentTarget instanceof HTMLElement)) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')]
  const at = rows.findIndex((row) => row.matches(':focus'))
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }
  const next = steps[event.key]
  if (next === undefined) return
  event.preventDefault()
  rows[Math.min(rows.length - 1, Math.max(0, next))]?.focus()
}

function Words({ row }: { readonly row: TreeRow }) {
  if (row.kind === 'app') {
    return (
      <>
        <span class="tree-name" title={row.app.name}>
          {row.app.name}
        </span>
        <span class="tree-note">{appStates[row.app.state] || row.app.runtime}</span>
      </>
    )
  }
  if (row.kind === 'actor') {
    const { actor } = row
    const note = actor.status === 'active' ? shortWords(actor.value) || actor.logic : actor.status
    return (
      <>
        <span class={`dot ${actor.logic === 'machine' ? '' : 'small'}`} data-phase={actor.phase} />
        <span class={`tree-name ${actor.logic === 'machine' ? '' : 'dim'}`} title={actor.name}>
          {actor.name}
        </span>
        <span class="tree-note code" title={note}>
          {note}
        </span>
      </>
    )
  }
  if (row.kind === 'more') return <span class="tree-name faint">{row.count} more</span>
  return (
    <>
      <Icon name={row.state === 'open' ? 'down' : 'right'} />
      <span class="tree-name faint">{row.count} stopped</span>
    </>
  )
}

export function Tree({ onPick }: { readonly onPick: () => void }) {
  const store = useStore()
  const open = useSignal<ReadonlySet<string>>(new Set())
  store.logTold.value
  const { session } = store
  const [selectedApp, selectedActor, at] = [store.app.value, store.actor.value, store.at.value]
  const actorsOf = (app: string) => session.actors(app, app === selectedApp ? at : null)
  const rows = treeRows(store.apps.value, actorsOf, open.value)
  const isSelected = (row: TreeRow): boolean =>
    row.kind === 'actor' && row.app.key === selectedApp && row.actor.id === selectedActor
  const reachable = Math.max(0, rows.findIndex(isSelected))

  const pick = (row: TreeRow): void => {
    if (row.kind === 'app') store.select(row.app.key, firstActor(session.actors(row.app.key, null))?.id ?? null)
    if (row.kind === 'actor') store.select(row.app.key, row.actor.id)
    if (row.kind === 'stopped') {
      const { key } = row
      open.value = new Set(
        row.state === 'open' ? [...open.value].filter((other) => other !== key) : [...open.value, key],
      )
    } else onPick()
  }
  return (
    <div class="tree" role="tree" aria-label="Actors" tabIndex={-1} onKeyDown={walk}>
      {rows.map((row, index) => (
        <button
          type="button"
          key={row.key}
          class={`tree-row ${row.kind}`}
          role="treeitem"
          aria-level={row.level}
          aria-selected={isSelected(row)}
          aria-expanded={row.kind === 'stopped' ? row.state === 'open' : undefined}
          tabIndex={index === reachable ? 0 : -1}
          data-level={row.level}
          onClick={() => pick(row)}
        >
          <Words row={row} />
        </button>
      ))}
    </div>
  )
}
