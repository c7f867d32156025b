/** @jsxImportSource preact */
/**
 * A value as a small tree that opens and closes. Everything is a text node: markup in a payload is text.
 *
 * @module
 */
import { useState } from 'preact/hooks'
import { type Changes, partsOf, pathOf, redactions, redactionWords } from './json.ts'

/** At once; the rest is asked for with a button, or a payload could fill the page. */
const partsAtOnce = 100

interface TreeProps {
  readonly value: unknown
  readonly changed?: Changes | undefined
}

const none: Changes = new Map()

/** @param props.changed what `changedPaths` gives: it is marked, with what stood there where that is short to say. */
export function Tree({ value, changed = none }: TreeProps) {
  if (partsOf(value).length === 0) return <Scalar value={value} />
  return <Parts value={value} path="" depth={0} changed={changed} />
}

interface PartsProps {
  readonly value: unknown
  readonly path: string
  readonly depth: number
  readonly changed: Changes
}

function Parts({ value, path, depth, changed }: PartsProps) {
  const [shown, setShown] = useState(partsAtOnce)
  const parts = partsOf(value)
  return (
    <ul class="value-tree">
      {parts.slice(0, shown).map(([name, part]) => (
        <Part key={name} name={name} value={part} path={pathOf(path, name)} depth={depth} changed={changed} />
      ))}
      {parts.length > shown && (
        <li>
          <button type="button" class="quiet" onClick={() => setShown(shown + 10 * partsAtOnce)}>
            {parts.length - shown} more
          </button>
        </li>
      )}
    </ul>
  )
}

function Part({ name, ...props }: PartsProps & { readonly name: string }) {
  const { value, path, depth, changed } = props
  const [open, setOpen] = useState(depth < 1)
  const label = (
    <>
      <span class="name">{name === '' ? '""' : name}</span>
      {changed.has(path) && <span class="changed">{changeWords(changed.get(path))}</span>}
    </>
  )
  if (partsOf(value).length === 0) {
    return (
      <li>
        {label} <Scalar value={value} />
      </li>
    )
  }
  return (
    <li>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {label} <span class="size">{sizeOf(value)}</span>
        </summary>
        {open && <Parts {...props} depth={depth + 1} />}
      </details>
    </li>
  )
}

/** Longer than this, in characters, what stood here before would be in the way of what stands here now. */
const longestBefore = 40

function changeWords(was: unknown): string {
  if (was === undefined) return 'new'
  const words = partsOf(was).length === 0 ? (JSON.stringify(was) ?? '') : ''
  return words === '' || words.length > longestBefore ? 'changed' : `was ${words}`
}

function sizeOf(value: unknown): string {
  const count = partsOf(value).length
  return Array.isArray(value) ? `[${count}]` : `{${count}}`
}

function Scalar({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') {
    return (
      <span class="value string" dir="auto">
        <Redacted text={value} />
      </span>
    )
  }
  const word = typeof value === 'object' && value !== null ? (Array.isArray(value) ? '[]' : '{}') : String(value)
  return <span class={`value ${value === null ? 'nothing' : typeof value}`}>{word}</span>
}

/** A text in which what the app has removed stands out. */
export function Redacted({ text }: { readonly text: string }) {
  const pieces = redactions(text)
  if (pieces.length === 1) return <>{text}</>
  return (
    <>
      {pieces.map((piece, place) =>
        place % 2 === 0 ? (
          piece
        ) : (
          // Pieces have no name but their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <mark key={place} title={`Removed by the app: ${redactionWords(piece)}`}>
            {piece}
          </mark>
        ),
      )}
    </>
  )
}
