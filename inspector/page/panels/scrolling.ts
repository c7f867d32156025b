/**
 * Where a windowed list is scrolled to. It is worked out from the rows, and the document is told when that is another place
 * than the one it is at: to ask it, or to set what is set, makes a browser lay the page out in the middle of drawing it.
 *
 * @module
 */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Where the reader is: at the newest row and stays there, or at a place of their own. */
export type Reading = 'following' | 'still'

export interface ScrollingProps {
  /** Takes the element that scrolls and has the focus. */
  readonly viewport: RefObject<HTMLDivElement | null>
  readonly count: number
  /** In pixels. */
  readonly rowHeight: number
  /** Names a row for as long as it exists and grows with the index: what stays in place when rows above go. */
  keyOf(index: number): number
  readonly reading?: Reading | undefined
  onReading?(reading: Reading): void
}

export interface Scrolling {
  /** How far it is scrolled and how high it is, in pixels. */
  readonly top: number
  readonly height: number
  /** Changes with the element's size. */
  readonly size: object
  /** Brings a row into view. */
  show(index: number): void
  /** The element has been scrolled. */
  scrolled(): void
}

/** What is beside the rows, in pixels. */
interface Size {
  readonly height: number
  /** Of what stays on top. */
  readonly head: number
}

/** Browsers round. */
function isSame(top: number, other: number): boolean {
  return Math.abs(top - other) < 1
}

function sizeOf(element: HTMLElement): Size {
  const head = element.querySelector<HTMLElement>(':scope > .head')?.offsetHeight ?? 0
  return { height: element.clientHeight, head }
}

/** Keys grow with the index, so that it takes few looks; a key that is gone is where the next one is. */
function placeOf(key: number, { count, keyOf }: ScrollingProps): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (keyOf(middle) < key) low = middle + 1
    else high = middle
  }
  return Math.min(low, count - 1)
}

export function useScrolling(props: ScrollingProps): Scrolling {
  const { viewport, count, rowHeight, keyOf, reading = 'still' } = props
  const [size, setSize] = useState<Size>({ height: 600, head: 0 })
  const [, repaint] = useState(0)
  /** The row at the top edge and how far it is scrolled out: what the reader's eyes rest on. */
  const anchor = useRef({ key: Number.NaN, offset: 0 })
  /** Where the element is, as far as it has been told or has said; not a number while it is not known. */
  const known = useRef(Number.NaN)

  const end = Math.max(0, size.head + count * rowHeight - size.height)

  const placed = (): number => {
    if (reading === 'following') return end
    if (Number.isNaN(anchor.current.key)) return 0
    return Math.max(0, Math.min(end, placeOf(anchor.current.key, props) * rowHeight + anchor.current.offset))
  }

  const rest = (top: number): void => {
    const first = Math.min(count - 1, Math.max(0, Math.floor(top / rowHeight)))
    anchor.current = { key: count === 0 ? Number.NaN : keyOf(first), offset: top - first * rowHeight }
  }

  const settle = (): void => {
    const top = placed()
    if (reading === 'following' || Number.isNaN(anchor.current.key)) rest(top)
    if (viewport.current !== null && !isSame(top, known.current)) {
      viewport.current.scrollTop = top
      known.current = top
    }
  }

  useLayoutEffect(() => {
    const element = viewport.current
    if (element === null) return
    const measure = (): void => {
      const { height, head } = sizeOf(element)
      // What was not drawn at all begins at its top again in some browsers.
      if (height === 0) known.current = Number.NaN
      setSize((now) => (now.height === height && now.head === head ? now : { height, head }))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    return () => observer.disconnect()
  }, [viewport])

  useLayoutEffect(settle)

  return {
    top: placed(),
    height: size.height,
    size,
    show(index) {
      const [top, row] = [placed(), index * rowHeight]
      if (row < top) rest(row)
      else if (row + rowHeight > top + size.height - size.head) rest(row + rowHeight + size.head - size.height)
      settle()
      repaint(placed())
    },
    scrolled() {
      const top = viewport.current?.scrollTop ?? 0
      if (isSame(top, known.current)) return
      // Only who reads back leaves the newest row: a row that is added scrolls too, and says so only later.
      const back = top < known.current - 1
      known.current = top
      rest(top)
      repaint(top)
      if (reading === 'following' && back && end - top > rowHeight) props.onReading?.('still')
      if (reading === 'still' && !back && end - top < 2) props.onReading?.('following')
    },
  }
}
