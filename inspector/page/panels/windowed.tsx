/** @jsxImportSource preact */
/**
 * A list of any length of which only what is seen is in the document. Rows have one height and never move under the reader:
 * what comes is added below, what is let go above is made up for.
 *
 * @module
 */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect } from 'preact/hooks'
import { type ScrollingProps, useScrolling } from './scrolling.ts'
import { mostRows, type Slice, sliceOf } from './slice.ts'

export interface WindowedRow {
  readonly content: ComponentChildren
  readonly className?: string | undefined
  /** Takes the colour of this phase. */
  readonly phase?: string | undefined
}

export interface WindowedProps extends ScrollingProps {
  /** The accessible name. */
  readonly label: string
  row(index: number): WindowedRow
  /** Of the selected row, -1 for none. */
  readonly selected: number
  /** A row is looked at: by a click or by the arrow keys. */
  onSelect(index: number): void
  /** Enter, or a click. */
  onOpen?(index: number): void
  /** Escape. @returns whether it meant something here; if not, it is left to what is around. */
  onEscape?(): boolean
  /** A row to be brought into view whenever it becomes another one; -1 for none. Default: the selected one. */
  readonly shown?: number | undefined
  /** Which rows these are: among others the row that is shown is brought into view again. */
  readonly filter?: string | undefined
  /** Behind the rows and as high as they are, for lanes. */
  readonly behind?: ComponentChildren
  /** The narrowest that rows can be, in pixels; below it the list scrolls sideways. Default 0. */
  readonly minWidth?: number | undefined
  /** Stays on top and scrolls sideways with the rows. */
  readonly head?: ComponentChildren
}

/** How far a key leads: from the selected row, or from the end when there is none. */
function destination(
  key: string,
  { selected, count, page }: { selected: number; count: number; page: number },
): number {
  const from = selected < 0 ? count : selected
  if (key === 'ArrowDown') return from + 1
  if (key === 'ArrowUp') return from - 1
  if (key === 'PageDown') return from + page
  if (key === 'PageUp') return from - page
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : Number.NaN
}

export function Windowed(props: WindowedProps) {
  const { count, rowHeight, selected, viewport, minWidth = 0, shown = selected } = props
  const id = useId()
  const { top, height, size, show, scrolled } = useScrolling(props)
  const slice = sliceOf({ count, rowHeight, top, height })
  const shownKey = shown < 0 || shown >= count ? null : props.keyOf(shown)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a drawer that opens below must not cover the row that it tells about, nor a filter lead away from it.
  useLayoutEffect(() => {
    if (shownKey !== null) show(shown)
  }, [shownKey, size, props.filter])

  const pressed = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || count === 0) return
    if (event.key === 'Escape' && props.onEscape?.()) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (event.key === 'Enter' && selected >= 0) {
      event.preventDefault()
      props.onOpen?.(selected)
      return
    }
    const wanted = destination(event.key, {
      selected,
      count,
      page: Math.max(1, Math.floor(height / rowHeight) - 1),
    })
    if (Number.isNaN(wanted)) return
    // The page has arrows of its own, for steps in time: here they walk rows.
    event.preventDefault()
    event.stopPropagation()
    const index = Math.min(count - 1, Math.max(0, wanted))
    if (index < count - 1) props.onReading?.('still')
    props.onSelect(index)
    show(index)
  }

  const clicked = ({ target }: MouseEvent): void => {
    const row = target instanceof Element ? target.closest('[role=option]') : null
    const index = Number(row?.getAttribute('aria-posinset') ?? 0) - 1
    if (index < 0) return
    viewport.current?.focus({ preventScroll: true })
    props.onSelect(index)
    props.onOpen?.(index)
  }

  const inView = selected >= slice.from && selected < slice.to
  return (
    <div
      class="windowed"
      ref={viewport}
      role="listbox"
      tabIndex={0}
      aria-label={props.label}
      aria-activedescendant={inView ? `${id}-${props.keyOf(selected)}` : undefined}
      onScroll={scrolled}
      onKeyDown={pressed}
      onClick={clicked}
    >
      {props.head}
      <div
        class="length"
        role="presentation"
        style={{ height: `${count * rowHeight}px`, ...(minWidth > 0 && { minWidth: `${minWidth}px` }) }}
      >
        {props.behind}
        {rowsOf(props, slice, id)}
      </div>
    </div>
  )
}

function rowsOf(props: WindowedProps, slice: Slice, id: string) {
  const { count, rowHeight, selected, keyOf, reading } = props
  // In a flood all rows are others each time: made anew they would cost more than written anew.
  const elementOf = (index: number): string => {
    return reading === 'following' ? `place ${index % mostRows}` : `row ${keyOf(index)}`
  }
  const indices = Array.from({ length: slice.to - slice.from }, (_, step) => slice.from + step)
  return indices.map((index) => {
    const { content, className = '', phase } = props.row(index)
    return (
      // The keyboard is the list's: it says by aria-activedescendant which row is meant.
      <div
        key={elementOf(index)}
        id={`${id}-${keyOf(index)}`}
        class={`row ${className}`}
        role="option"
        tabIndex={-1}
        aria-selected={index === selected}
        aria-setsize={count}
        aria-posinset={index + 1}
        data-phase={phase}
        style={{ height: `${rowHeight}px`, top: `${index * rowHeight}px` }}
      >
        {content}
      </div>
    )
  })
}
