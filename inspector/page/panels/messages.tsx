/** @jsxImportSource preact */
/**
 * What passes over the wire: frame by frame, or as the answer of a model.
 *
 * @module
 */
import { useMemo, useState } from 'preact/hooks'
import type { FrameMessage, HealthMessage } from '../../protocol/messages.ts'
import { leastStall } from '../../session/transcript.ts'
import type { Entry } from '../../session/view.ts'
import { clockWords } from '../../session/words.ts'
import { Choices, Empty } from './common.tsx'
import { actorName, byteWords, countWords, fateWords, gapWords, oneLine } from './facts.ts'
import { placeOf } from './filtered.ts'
import { Icon } from './icons.tsx'
import { useMoments } from './moments.tsx'
import { type Shown, useFiltered, useShown } from './panel-state.ts'
import { Transcript } from './transcript.tsx'
import { useWant } from './want.ts'
import { Windowed, type WindowedRow } from './windowed.tsx'

export const frameRowHeight = 40

function isFrame(entry: Entry | undefined): entry is FrameMessage {
  return entry?.kind === 'frame'
}

export function Messages() {
  const shown = useShown()
  if (shown === undefined) return <Empty title="No app yet">What passes over its connections appears here.</Empty>
  return <Wire key={shown.app.key} {...shown} />
}

function Wire(shown: Shown) {
  const { store, session, app, at } = shown
  const [way, setWay] = useState<'frames' | 'answer'>('frames')
  useWant(null)
  const actor = store.actor.value
  const matches = useMemo(() => {
    return (entry: Entry) => isFrame(entry) && (actor === null || entry.actor === actor)
  }, [actor])
  const whose = actor === null ? 'all connections' : actorName(session, app.key, actor)
  const frames = useFiltered(session.entries(app.key), matches)
  return (
    <section class="panel messages" aria-label="Messages">
      <div class="bar">
        <Choices
          label="How messages are shown"
          chosen={way}
          choices={[
            { id: 'frames', title: 'Frames', choose: () => setWay('frames') },
            { id: 'answer', title: 'AI view', choose: () => setWay('answer') },
          ]}
        />
        <span class="tally" title={whose}>
          {countWords(frames.length)} of {whose}
        </span>
      </div>
      {frames.length === 0 && (
        <Empty title="No messages">
          {whyNone(whose, actor === null ? undefined : session.health(app.key, actor, at))}
        </Empty>
      )}
      {frames.length > 0 && way === 'frames' && <Frames {...shown} frames={frames} />}
      {frames.length > 0 && way === 'answer' && <Transcript {...shown} frames={frames.filter(isFrame)} />}
    </section>
  )
}

/** Frames are told only to who looks: what passed before that is counted and not kept. */
function whyNone(whose: string, health: HealthMessage | undefined): string {
  if (health === undefined) return 'Select a connection to see what passes over it.'
  const passed = health.received + health.sent
  if (passed === 0) return `Nothing has passed over ${whose} yet.`
  return `${countWords(passed)} passed over ${whose} before anybody looked. The next appears here.`
}

function Frames({ frames, ...shown }: Shown & { readonly frames: readonly Entry[] }) {
  const { session, app, at } = shown
  const moments = useMoments({
    shown,
    rows: frames,
    placeOf: (seq) => placeOf(frames, seq),
    entryOf: (seq) => frames[placeOf(frames, seq)],
  })
  return (
    <>
      {moments.newest !== null && <div class="bar">{moments.newest}</div>}
      <div class="rows">
        <Windowed
          label="Messages"
          rowHeight={frameRowHeight}
          row={(index) => rowOf(frames, index, { session, app, at })}
          {...moments.list}
        />
      </div>
      {moments.drawer}
    </>
  )
}

function rowOf(
  frames: readonly Entry[],
  index: number,
  { session, app, at }: Pick<Shown, 'session' | 'app' | 'at'>,
): WindowedRow {
  const frame = frames[index]
  if (!isFrame(frame)) return { content: null }
  const before = frames[index - 1]
  const time = clockWords(app.epoch, frame.t)
  const { what, direction, text, bytes, position, sequence } = frame
  const stalled = direction === 'in' && before !== undefined && frame.t - before.t >= leastStall
  const line = text === null || text === '' ? what : oneLine(text)
  const fate = session.fate(app.key, frame.seq, at)
  const icon = what === 'gap' || what === 'error' ? what : direction
  return {
    className: `frame ${direction} ${what}${at !== null && frame.t > at ? ' later' : ''}`,
    content: (
      <>
        <time title={time}>{time.slice(3)}</time>
        <Icon name={icon} word={direction === 'in' ? 'received' : 'sent'} />
        <span class="words" dir="auto" title={line}>
          {line}
        </span>
        <span class="about">
          {fate === undefined && text !== null && text !== '' && <span>{what}</span>}
          <span class={stalled ? 'stalled' : ''}>{gapWords(before, frame)}</span>
          <span>{byteWords(bytes)}</span>
          {fate !== undefined && (
            <span class={`fate ${fate.state}`} title={fateWords(fate)}>
              {fateWords(fate)}
            </span>
          )}
          {sequence !== undefined && <span>append {sequence}</span>}
          {position !== null && <span title={position}>position {position}</span>}
        </span>
      </>
    ),
  }
}
