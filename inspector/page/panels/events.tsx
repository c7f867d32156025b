/** @jsxImportSource preact */
/**
 * The log: every event, step and frame of an app, filtered by a query, followed or read back.
 *
 * @module
 */
import { useMemo } from 'preact/hooks'
import { parseQuery } from '../../session/query.ts'
import type { Entry } from '../../session/view.ts'
import { clockWords } from '../../session/words.ts'
import { Empty } from './common.tsx'
import { actorName, countWords, entryWords } from './facts.ts'
import { placeOf } from './filtered.ts'
import { Icon } from './icons.tsx'
import { useMoments } from './moments.tsx'
import { type Shown, useFiltered, useShown } from './panel-state.ts'
import { QueryBar } from './query-bar.tsx'
import { useWant } from './want.ts'
import { Windowed, type WindowedRow } from './windowed.tsx'

export const entryRowHeight = 24

export function Events() {
  const shown = useShown()
  if (shown === undefined) return <Empty title="No app yet">What an app does appears here as it does it.</Empty>
  // Another app has another log: nothing of the old one may stay.
  return <Log key={shown.app.key} {...shown} />
}

function Log(shown: Shown) {
  const { store, session, app, at } = shown
  useWant(null)
  const text = store.query.value
  const query = useMemo(() => parseQuery(text), [text])
  const matches = useMemo(() => {
    const names = new Map<string, string>()
    const name = (actor: string): string => {
      const known = names.get(actor) ?? actorName(session, app.key, actor)
      names.set(actor, known)
      return known
    }
    return (entry: Entry) => query.matches(entry, { name })
  }, [query, session, app.key])
  const all = session.entries(app.key)
  const rows = useFiltered(all, matches)
  const moments = useMoments({
    shown,
    rows,
    placeOf: (seq) => placeOf(rows, seq),
    entryOf: (seq) => rows[placeOf(rows, seq)],
  })
  return (
    <section class="panel events" aria-label="Events">
      <QueryBar misunderstood={query.misunderstood} />
      <p class="tally">
        <span>
          {rows.length === all.length
            ? `${countWords(all.length)} entries`
            : `${countWords(rows.length)} of ${countWords(all.length)} entries`}
        </span>
        {app.dropped > 0 && <span class="dropped">dropped {countWords(app.dropped)} (too fast)</span>}
        {moments.newest}
      </p>
      {rows.length === 0 && <Nothing all={all.length} clear={() => (store.query.value = '')} />}
      <div class="rows" hidden={rows.length === 0}>
        <Windowed
          label="Log of events"
          rowHeight={entryRowHeight}
          filter={text}
          row={(index) => rowOf(rows[index], { session, app, at })}
          {...moments.list}
        />
      </div>
      {moments.drawer}
    </section>
  )
}

function Nothing({ all, clear }: { readonly all: number; readonly clear: () => void }) {
  if (all === 0) return <Empty title="Nothing yet">Events appear here as actors take them.</Empty>
  return (
    <Empty title="Nothing matches">
      <button type="button" class="quiet" onClick={clear}>
        Clear the filter
      </button>
    </Empty>
  )
}

function rowOf(entry: Entry | undefined, { session, app, at }: Pick<Shown, 'session' | 'app' | 'at'>): WindowedRow {
  if (entry === undefined) return { content: null }
  const name = (actor: string | null): string => actorName(session, app.key, actor)
  const { icon, sign, words, brief, source, tone, phase } = entryWords(entry, name)
  const time = clockWords(app.epoch, entry.t)
  return {
    phase,
    className: `entry ${tone}${at !== null && entry.t > at ? ' later' : ''}`,
    content: (
      <>
        <time title={time}>{time.slice(3)}</time>
        <Icon name={icon} word={sign} />
        <span class="actor" title={name(entry.actor)}>
          {name(entry.actor)}
        </span>
        <span class="words" dir="auto" title={words}>
          {brief}
        </span>
        <span class="source" title={source}>
          {source}
        </span>
      </>
    ),
  }
}
