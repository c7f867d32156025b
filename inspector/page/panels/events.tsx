/** @jsxImportSource preact */
/**
 * The log: every event, step and frame of an app, filtered by a query, followed or read back.
 *
 * @module
 */
import { useMemo, useState } from 'preact/hooks'
import { parseQuery } from '../../session/query.ts'
import type { Entry } from '../../session/view.ts'
import { clockWords } from '../../session/words.ts'
import { Empty, Newest } from './common.tsx'
import { EntryDetails } from './entry-details.tsx'
import { actorName, countWords, entryWords } from './facts.ts'
import { placeOf } from './filtered.ts'
import { Icon } from './icons.tsx'
import { placeAt, type Shown, useFiltered, useReading, useShown } from './panel-state.ts'
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

function Log({ store, session, app, at }: Shown) {
  const [details, setDetails] = useState<'open' | 'closed'>('closed')
  const [reading, setReading] = useReading(store)
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
  const moment = store.moment.value
  const selected = moment.kind === 'instant' ? placeOf(rows, moment.seq) : -1
  const entry = rows[selected]
  const newest = (): void => {
    store.goLive()
    setReading('following')
  }
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
        {reading === 'still' && <Newest onClick={newest} />}
      </p>
      {rows.length === 0 && <Nothing all={all.length} clear={() => (store.query.value = '')} />}
      <div class="rows" hidden={rows.length === 0}>
        <Windowed
          label="Log of events"
          count={rows.length}
          rowHeight={entryRowHeight}
          row={(index) => rowOf(rows[index], { session, app, at })}
          keyOf={(index) => rows[index]?.seq ?? -1}
          selected={selected}
          shown={selected < 0 ? placeAt(rows, at) : selected}
          onSelect={(index) => {
            const chosen = rows[index]
            if (chosen !== undefined) store.goTo(chosen.t, chosen.seq)
          }}
          onOpen={() => setDetails('open')}
          reading={reading}
          onReading={setReading}
        />
      </div>
      {details === 'open' && entry !== undefined && (
        <EntryDetails entry={entry} app={app} onClose={() => setDetails('closed')} />
      )}
    </section>
  )
}

function Nothing({ all, clear }: { readonly all: number; readonly clear: () => void }) {
  if (all === 0) return <Empty title="Nothing yet">Events appear here as actors take them.</Empty>
  return (
    <Empty title="Nothing matches">
      <button type="button" class="small" onClick={clear}>
        Clear the filter
      </button>
    </Empty>
  )
}

function rowOf(entry: Entry | undefined, { session, app, at }: Pick<Shown, 'session' | 'app' | 'at'>): WindowedRow {
  if (entry === undefined) return { content: null }
  const name = (actor: string | null): string => actorName(session, app.key, actor)
  const { icon, sign, words, source, tone, phase } = entryWords(entry, name)
  const time = clockWords(app.epoch, entry.t)
  return {
    phase,
    className: `entry ${tone}${at !== null && entry.t > at ? ' later' : ''}`,
    content: (
      <>
        <time title={time}>{time.slice(3)}</time>
        <Icon name={icon} word={sign} />
        <span class="actor">{name(entry.actor)}</span>
        <span class="words" title={words}>
          {words}
        </span>
        <span class="source">{source}</span>
      </>
    ),
  }
}
