/** @jsxImportSource preact */
/**
 * Who said what to whom, as a sequence diagram of any length: lanes from the app to the wire, bursts folded.
 *
 * @module
 */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type Arrow, type Sequence as Model, sequenceOf } from '../../session/sequence.ts'
import { clockWords } from '../../session/words.ts'
import { ArrowLine } from './arrow-line.tsx'
import { Choices, Empty } from './common.tsx'
import { actorName } from './facts.ts'
import { placeAfter, placeOf } from './filtered.ts'
import { Icon } from './icons.tsx'
import { type Lanes, lanesOf, placed } from './lanes.ts'
import { useMoments } from './moments.tsx'
import { type Shown, useShown } from './panel-state.ts'
import { useWant } from './want.ts'
import { Windowed, type WindowedRow } from './windowed.tsx'

export const arrowRowHeight = 36

export function Sequence() {
  const shown = useShown()
  if (shown === undefined) return <Empty title="No app yet">Who says what to whom appears here.</Empty>
  return <Diagram key={shown.app.key} {...shown} />
}

function Diagram(shown: Shown) {
  const { store, session, app, at } = shown
  const [drawer, setDrawer] = useState<'narrow' | 'wide'>('narrow')
  const [whose, setWhose] = useState<'all' | 'one'>('all')
  const [available, ref] = useWidth()
  useWant(null)
  const actor = store.actor.value
  const only = whose === 'one' && actor !== null ? actor : undefined
  const all = session.entries(app.key)
  const newestSeq = all.at(-1)?.seq
  // biome-ignore lint/correctness/useExhaustiveDependencies: the array is the same one as long as nothing is added; its newest entry tells.
  const model = useMemo(() => sequenceOf(session, app.key, { actor: only }), [session, app.key, only, all, newestSeq])
  const lanes = useMemo(() => lanesOf(model, available), [model, available])
  const { arrows } = model
  const moments = useMoments({
    shown,
    rows: arrows,
    // A fold stands for all that it holds.
    placeOf: (seq) => placeAfter(arrows, seq) - 1,
    entryOf: (seq) => all[placeOf(all, seq)],
  })
  const name = actor === null ? '' : actorName(session, app.key, actor)
  return (
    <section
      class={`panel sequence ${drawer}`}
      aria-label="Sequence"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || drawer === 'narrow') return
        event.preventDefault()
        setDrawer('narrow')
      }}
    >
      <div class="bar">
        {actor !== null && (
          <Choices
            label="Whose messages"
            choices={[
              { id: 'all', title: 'Everybody', choose: () => setWhose('all') },
              { id: 'one', title: `Only ${name}`, choose: () => setWhose('one') },
            ]}
            chosen={whose}
          />
        )}
        {moments.newest}
        <button
          type="button"
          class="quiet end"
          aria-pressed={drawer === 'wide'}
          onClick={() => setDrawer(drawer === 'wide' ? 'narrow' : 'wide')}
        >
          <Icon name="wide" /> Wide
        </button>
      </div>
      <div class="rows" ref={ref}>
        {arrows.length === 0 ? (
          <Empty title="Nothing yet">Arrows appear as actors speak to each other.</Empty>
        ) : (
          <Windowed
            label="Sequence of messages"
            rowHeight={arrowRowHeight}
            minWidth={lanes.width}
            head={<Heads model={model} lanes={lanes} />}
            behind={<Lines model={model} lanes={lanes} />}
            row={(index) => rowOf(arrows[index], { model, lanes, epoch: app.epoch, at })}
            {...moments.list}
          />
        )}
      </div>
      {moments.drawer}
    </section>
  )
}

function useWidth() {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(340)
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const measure = (): void => setWidth(element.clientWidth)
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    return () => observer.disconnect()
  }, [])
  return [width, ref] as const
}

interface Drawing {
  readonly model: Model
  readonly lanes: Lanes
}

function Heads({ model, lanes }: Drawing) {
  return (
    <div class="head" role="presentation" style={{ minWidth: `${lanes.width}px` }}>
      {model.lanes.map(({ id, title, kind }) => (
        <span
          key={id}
          class={`lane ${kind}`}
          title={title}
          style={{ left: `${(lanes.middles.get(id) ?? 0) - lanes.spacing / 2}px`, width: `${lanes.spacing}px` }}
        >
          {title}
        </span>
      ))}
    </div>
  )
}

function Lines({ model, lanes }: Drawing) {
  return (
    <div class="lane-lines" role="presentation" aria-hidden="true">
      {model.lanes.map(({ id }) => (
        <span key={id} style={{ left: `${lanes.middles.get(id) ?? 0}px` }} />
      ))}
    </div>
  )
}

interface Setting extends Drawing {
  readonly epoch: number
  readonly at: number | null
}

function rowOf(arrow: Arrow | undefined, { model, lanes, epoch, at }: Setting): WindowedRow {
  if (arrow === undefined) return { content: null }
  const place = placed(arrow, lanes)
  const title = (id: string): string => model.lanes.find((lane) => lane.id === id)?.title ?? id
  const time = clockWords(epoch, arrow.t)
  return {
    className: `arrow ${arrow.kind}${at !== null && arrow.t > at ? ' later' : ''}`,
    content: (
      <>
        <time title={time}>{time.slice(3)}</time>
        <ArrowLine place={place} width={lanes.width} kind={arrow.kind} />
        <span
          class="label"
          dir="auto"
          title={arrow.words}
          style={{ left: `${place.left}px`, width: `${place.labelWidth}px` }}
        >
          {place.label}
        </span>
        <span class="unseen">
          {arrow.kind}, from {title(arrow.from)} to {title(arrow.to)}
        </span>
      </>
    ),
  }
}
