/** @jsxImportSource preact */
/**
 * A list of any length of which only what is seen is in the document. Rows have one height and never move under the reader:
 * what comes is added below, what is let go above is made up for.
 *
 * @module
 */
import type { ComponentChildren, RefObject } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Slice, sliceOf } from './slice.ts'

/** Where the reader is: at the newest row and stays there, or at a place of their own. */
export type Reading = 'following' | 'still'

export interface WindowedRow {
  readonly content: ComponentChildren
  readonly className?: string | undefined
  /** Takes the colour of this phase. */
  readonly phase?: string | undefined
}

export interface WindowedProps {
  /** The accessible name. */
  readonly label: string
  /** Takes the element that scrolls and has the focus. */
  readonly viewport: RefObject<HTMLDivElement | null>
  readonly count: number
  /** In pixels. */
  readonly rowHeight: number
  row(index: number): WindowedRow
  /** Names a row for as long as it exists and grows with the index: what stays in place when rows above go. */
  keyOf(index: number): number
  /** Of the selected row, -1 for none. */
  readonly selected: number
  /** A row is looked at: by a click or by the arrow keys. */
  onSelect(index: number): void
  /** Enter, or a click. */
  onOpen?(index: number): void
  /** Escape. @returns whether it meant something here; if not, it is left to what is around. */
  onEscape?(): boolean
  /** A row to be brought into view whenever it becomes another one; -1 for none. */
  readonly shown?: number | undefined
  readonly reading?: Reading | undefined
  onReading?(reading: Reading): void
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
  const { count, rowHeight, selected, viewport, reading = 'still', minWidth = 0 } = props
  const id = useId()
  const [view, setView] = useState({ top: 0, height: 600 })
  /** The row at the top edge and how far it is scrolled out: what the reader's eyes rest on. */
  const anchor = useRef({ key: Number.NaN, offset: 0 })
  const slice = sliceOf({ count, rowHeight, top: view.top, height: view.height })

  const shown = props.shown ?? selected
  const latest = useRef({ shown, show: (_: number): void => {} })

  useLayoutEffect(() => {
    const element = viewport.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      setView((now) => ({ ...now, height: element.clientHeight }))
      // A drawer that opens below must not cover the row that it tells about.
      if (latest.current.shown >= 0) latest.current.show(latest.current.shown)
    })
    observer.observe(element)
    setView((now) => ({ ...now, height: element.clientHeight }))
    return () => observer.disconnect()
  }, [viewport])

  useLayoutEffect(() => {
    const element = viewport.current
    if (element === null || count === 0) return
    if (reading === 'following') element.scrollTop = count * rowHeight
    else {
      const place = placeOf(anchor.current.key, props)
      if (place >= 0) element.scrollTop = place * rowHeight + anchor.current.offset
    }
    remember(element)
  })

  const remember = (element: HTMLDivElement): void => {
    const { scrollTop } = element
    const first = Math.min(count - 1, Math.max(0, Math.floor(scrollTop / rowHeight)))
    anchor.current = { key: count === 0 ? Number.NaN : props.keyOf(first), offset: scrollTop - first * rowHeight }
    if (scrollTop !== view.top) setView({ top: scrollTop, height: element.clientHeight })
  }

  const scrolled = (): void => {
    const element = viewport.current
    if (element === null) return
    // Only who reads back leaves the newest row: a row that is added scrolls too, and says so only later.
    const back = element.scrollTop < view.top - 1
    const distance = element.scrollHeight - element.clientHeight - element.scrollTop
    remember(element)
    if (reading === 'following' && back && distance > rowHeight) props.onReading?.('still')
    if (reading === 'still' && !back && distance < 2) props.onReading?.('following')
  }

  const show = (index: number): void => {
    const element = viewport.current
    if (element === null) return
    const top = index * rowHeight
    const seen = element.clientHeight - headHeight(element)
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + seen) element.scrollTop = top + rowHeight - seen
    remember(element)
  }

  latest.current = { shown, show }
  const shownKey = shown < 0 || shown >= count ? null : props.keyOf(shown)
  useLayoutEffect(() => {
    if (shownKey !== null) latest.current.show(latest.current.shown)
  }, [shownKey])

  const pressed = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || count === 0) return
    if (event.key === 'Escape' && props.onEscape?.()) {
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
      page: Math.max(1, Math.floor(view.height / rowHeight) - 1),
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

function headHeight(element: HTMLElement): number {
  return element.querySelector<HTMLElement>(':scope > .head')?.offsetHeight ?? 0
}

/** Keys grow with the index, so that it takes few looks; a key that is gone is where the next one is. */
function placeOf(key: number, { count, keyOf }: WindowedProps): number {
  if (Number.isNaN(key)) return -1
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (keyOf(middle) < key) low = middle + 1
    else high = middle
  }
  return Math.min(low, count - 1)
}

function rowsOf(props: WindowedProps, slice: Slice, id: string) {
  const { count, rowHeight, selected, keyOf } = props
  const indices = Array.from({ length: slice.to - slice.from }, (_, step) => slice.from + step)
  return indices.map((index) => {
    const { content, className = '', phase } = props.row(index)
    return (
      // The keyboard is the list's: it says by aria-activedescendant which row is meant.
      <div
        key={keyOf(index)}
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
