/** @jsxImportSource preact */
/**
 * What passes over the wire: frame by frame, or as the answer of a model.
 *
 * @module
 */
import { useMemo, useState } from 'preact/hooks'
import type { FrameMessage } from '../../protocol/messages.ts'
import { leastStall } from '../../session/transcript.ts'
import type { Entry } from '../../session/view.ts'
import { clockWords } from '../../session/words.ts'
import { Choices, Empty, Newest } from './common.tsx'
import { EntryDetails } from './entry-details.tsx'
import { actorName, byteWords, countWords, gapWords, oneLine } from './facts.ts'
import { placeOf } from './filtered.ts'
import { Icon } from './icons.tsx'
import { placeAt, type Shown, useFiltered, useReading, useShown } from './panel-state.ts'
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
  const { store, session, app } = shown
  const [way, setWay] = useState<'frames' | 'answer'>('frames')
  useWant(null)
  const actor = store.actor.value
  const matches = useMemo(() => {
    return (entry: Entry) => isFrame(entry) && (actor === null || entry.actor === actor)
  }, [actor])
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
        <span class="tally">
          {countWords(frames.length)} of {actor === null ? 'all connections' : actorName(session, app.key, actor)}
        </span>
      </div>
      {frames.length === 0 && (
        <Empty title="No messages">
          Nothing has passed over {actor === null ? 'a connection' : actorName(session, app.key, actor)} yet. Select a
          connection to see its frames.
        </Empty>
      )}
      {frames.length > 0 && way === 'frames' && <Frames {...shown} frames={frames} />}
      {frames.length > 0 && way === 'answer' && <Transcript {...shown} frames={frames.filter(isFrame)} />}
    </section>
  )
}

function Frames({ store, app, at, frames }: Shown & { readonly frames: readonly Entry[] }) {
  const [details, setDetails] = useState<'open' | 'closed'>('closed')
  const [reading, setReading] = useReading(store)
  const moment = store.moment.value
  const selected = moment.kind === 'instant' ? placeOf(frames, moment.seq) : -1
  const entry = frames[selected]
  return (
    <>
      {reading === 'still' && (
        <div class="bar">
          <Newest
            onClick={() => {
              store.goLive()
              setReading('following')
            }}
          />
        </div>
      )}
      <div class="rows">
        <Windowed
          label="Messages"
          count={frames.length}
          rowHeight={frameRowHeight}
          row={(index) => rowOf(frames, index, { epoch: app.epoch, at })}
          keyOf={(index) => frames[index]?.seq ?? -1}
          selected={selected}
          shown={selected < 0 ? placeAt(frames, at) : selected}
          onSelect={(index) => {
            const chosen = frames[index]
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
    </>
  )
}

function rowOf(
  frames: readonly Entry[],
  index: number,
  { epoch, at }: { readonly epoch: number; readonly at: number | null },
): WindowedRow {
  const frame = frames[index]
  if (!isFrame(frame)) return { content: null }
  const before = frames[index - 1]
  const time = clockWords(epoch, frame.t)
  const { what, direction, text, bytes, position } = frame
  const stalled = direction === 'in' && before !== undefined && frame.t - before.t >= leastStall
  const icon = what === 'gap' || what === 'error' ? what : direction
  return {
    className: `frame ${direction} ${what}${at !== null && frame.t > at ? ' later' : ''}`,
    content: (
      <>
        <time title={time}>{time.slice(3)}</time>
        <Icon name={icon} word={direction === 'in' ? 'received' : 'sent'} />
        <span class="words">{text === null || text === '' ? what : oneLine(text)}</span>
        <span class="about">
          {text !== null && text !== '' && <span>{what}</span>}
          <span class={stalled ? 'stalled' : ''}>{gapWords(before, frame)}</span>
          <span>{byteWords(bytes)}</span>
          {position !== null && <span title={position}>position {position}</span>}
        </span>
      </>
    ),
  }
}
