/** @jsxImportSource preact */
/**
 * Rows that stand for moments: one is chosen and the whole page goes there, opened and it tells all that is known of it.
 * The panels with many rows differ in what a row shows, not in this.
 *
 * @module
 */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Entry } from '../../session/view.ts'
import type { Store } from '../store.ts'
import { Newest } from './common.tsx'
import { EntryDetails } from './entry-details.tsx'
import { placeAt, type Shown } from './panel-state.ts'
import type { Reading } from './scrolling.ts'
import type { WindowedProps } from './windowed.tsx'

/** A row of a panel: its place in time and the number of its entry, both growing downwards. */
export interface Moment {
  readonly t: number
  readonly seq: number
}

export interface MomentsOptions {
  readonly shown: Shown
  readonly rows: readonly Moment[]
  /** Of the row that stands for an entry's number; -1 for none. */
  placeOf(seq: number): number
  /** What the drawer tells about; nothing where the selected row is gone. */
  entryOf(seq: number): Entry | undefined
}

export interface Moments {
  /** What the list of rows is given. */
  readonly list: Pick<
    WindowedProps,
    'count' | 'keyOf' | 'selected' | 'shown' | 'onSelect' | 'onOpen' | 'onEscape' | 'reading' | 'onReading' | 'viewport'
  >
  /** The way back to the newest row, while somebody reads back. */
  readonly newest: JSX.Element | null
  /** The drawer below the rows, while it is open. */
  readonly drawer: JSX.Element | null
}

/** Follows the newest row while the page is live, until the reader scrolls back. */
function useReading(store: Store): [Reading, (reading: Reading) => void] {
  const [wish, setWish] = useState<Reading>('following')
  const live = store.moment.value.kind === 'live'
  useEffect(() => {
    if (live) setWish('following')
  }, [live])
  return [live ? wish : 'still', setWish]
}

/**
 * @example
 * const moments = useMoments({ shown, rows, placeOf: (seq) => placeOf(rows, seq), entryOf: (seq) => rows[placeOf(rows, seq)] })
 * return <><Windowed label="Log" rowHeight={24} row={row} {...moments.list} />{moments.drawer}</>
 */
export function useMoments({ shown, rows, placeOf, entryOf }: MomentsOptions): Moments {
  const { store, app, at } = shown
  const [details, setDetails] = useState<'open' | 'closed'>('closed')
  const [reading, setReading] = useReading(store)
  const viewport = useRef<HTMLDivElement>(null)
  const moment = store.moment.value
  const seq = moment.kind === 'instant' ? moment.seq : null
  const selected = seq === null ? -1 : placeOf(seq)
  const entry = seq === null ? undefined : entryOf(seq)
  return {
    list: {
      viewport,
      count: rows.length,
      keyOf: (index) => rows[index]?.seq ?? -1,
      selected,
      shown: selected < 0 ? placeAt(rows, at) : selected,
      onSelect: (index) => {
        const chosen = rows[index]
        if (chosen !== undefined) store.goTo(chosen.t, chosen.seq)
      },
      onOpen: () => setDetails('open'),
      onEscape: () => {
        setDetails('closed')
        return details === 'open' && entry !== undefined
      },
      reading,
      onReading: setReading,
    },
    newest:
      reading === 'still' ? (
        <Newest
          onClick={() => {
            store.goLive()
            setReading('following')
          }}
        />
      ) : null,
    drawer:
      details === 'open' && entry !== undefined ? (
        <EntryDetails
          entry={entry}
          app={app}
          onClose={() => {
            setDetails('closed')
            // What had the focus is gone with the drawer.
            viewport.current?.focus({ preventScroll: true })
          }}
        />
      ) : null,
  }
}
