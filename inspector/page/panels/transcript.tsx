/** @jsxImportSource preact */
/**
 * The frames of a connection as the answer of a model: joined text, its thinking, its tools, and where it stood still.
 *
 * @module
 */
import { useMemo } from 'preact/hooks'
import type { FrameMessage } from '../../protocol/messages.ts'
import { type Transcript as Model, type Stall, type TranscriptPart, transcriptOf } from '../../session/transcript.ts'
import { clockWords, lengthWords } from '../../session/words.ts'
import { CopyButton } from './clipboard.tsx'
import { Empty } from './common.tsx'
import { countWords } from './facts.ts'
import type { Shown } from './panel-state.ts'
import { Redacted } from './tree.tsx'

/** Of the newest parts and of each text: an answer is read from its end, and a page full of it is not read at all. */
const shownParts = 60
const shownText = 16_384
const shownStalls = 12

const lanes = { content: 'Answer', thinking: 'Thinking', tool: 'Tool' } as const

export function Transcript(props: Shown & { readonly frames: readonly FrameMessage[] }) {
  const { app, at, frames, store } = props
  const model = useMemo(() => transcriptOf(at === null ? frames : frames.filter(({ t }) => t <= at)), [frames, at])
  const { parts, stalls, untold } = model
  const left = Math.max(0, parts.length - shownParts)
  const whole = (): string => parts.flatMap(({ lane, text }) => (lane === 'content' ? [text] : [])).join('')
  if (parts.length === 0) {
    return (
      <Empty title="No text yet">
        {untold > 0
          ? `${countWords(untold)} messages passed before their texts were asked for.`
          : 'Deltas of the usual shapes and plain texts are joined here.'}
      </Empty>
    )
  }
  return (
    <div class="transcript">
      <Figures model={model} wait={firstTokenWait(props, model)} copy={whole} />
      {stalls.length > 0 && <Stalls stalls={stalls} goTo={(t) => store.goTo(t)} epoch={app.epoch} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
      <section class="scrolled" aria-label="Text" tabIndex={0}>
        {left > 0 && <p class="note">{countWords(left)} earlier parts are left out.</p>}
        {parts.slice(left).map((part) => (
          <Part key={`${part.seq} ${part.lane}`} part={part} epoch={app.epoch} first={part.from === model.firstToken} />
        ))}
      </section>
    </div>
  )
}

interface Wait {
  /** In ms. */
  readonly length: number
  readonly since: 'it was asked' | 'the connection opened'
}

/** How long the reader has waited; nothing where neither a question nor the opening was told. */
function firstTokenWait(
  { session, app, frames }: Shown & { readonly frames: readonly FrameMessage[] },
  { firstToken, firstTokenAfter }: Model,
): Wait | undefined {
  if (firstTokenAfter !== null) return { length: firstTokenAfter, since: 'it was asked' }
  const frame = frames.find(({ t }) => t === firstToken)
  if (frame === undefined) return undefined
  const bands = session.bands(app.key, frame.actor).filter(({ from }) => from <= frame.t)
  // A connection has many states in which it is online.
  const offline = bands.findLastIndex(({ phase }) => phase !== 'online')
  const opened = bands[offline + 1]
  return opened === undefined ? undefined : { length: frame.t - opened.from, since: 'the connection opened' }
}

interface FiguresProps {
  readonly model: Model
  readonly wait: Wait | undefined
  readonly copy: () => string
}

function Figures({ model: { stalls, frames, untold }, wait, copy }: FiguresProps) {
  return (
    <div class="bar">
      <dl class="measures">
        <div>
          <dt>First token</dt>
          <dd title={wait && `since ${wait.since}`}>{wait === undefined ? '–' : lengthWords(wait.length)}</dd>
        </div>
        <div>
          <dt>Stalls</dt>
          <dd class={stalls.length > 0 ? 'stalled' : ''}>{countWords(stalls.length)}</dd>
        </div>
        <div>
          <dt>Messages</dt>
          <dd>{countWords(frames)}</dd>
        </div>
        {untold > 0 && (
          <div>
            <dt>Without text</dt>
            <dd>{countWords(untold)}</dd>
          </div>
        )}
      </dl>
      <CopyButton text={copy} what="answer" />
    </div>
  )
}

interface StallsProps {
  readonly stalls: readonly Stall[]
  readonly epoch: number
  goTo(t: number): void
}

function Stalls({ stalls, epoch, goTo }: StallsProps) {
  const longest = [...stalls].sort((a, b) => b.length - a.length).slice(0, shownStalls)
  return (
    <ul class="stalls" aria-label="Where it stood still, longest first">
      {longest.map(({ from, length }) => (
        <li key={from}>
          <button type="button" class="quiet" onClick={() => goTo(from)}>
            stalled {lengthWords(length)} <time>{clockWords(epoch, from).slice(3)}</time>
          </button>
        </li>
      ))}
    </ul>
  )
}

function Part({
  part,
  epoch,
  first,
}: {
  readonly part: TranscriptPart
  readonly epoch: number
  readonly first: boolean
}) {
  const { lane, text, from, to } = part
  const cut = text.length > shownText
  return (
    <article class={`part ${lane}`} aria-label={lanes[lane]}>
      <header>
        <h4>{lanes[lane]}</h4>
        {first && <span class="first">first token</span>}
        <time>{clockWords(epoch, from).slice(3)}</time>
        <span>{lengthWords(to - from)}</span>
      </header>
      <pre dir="auto">
        {cut && `… ${countWords(text.length - shownText)} characters before this are left out\n`}
        <Redacted text={cut ? text.slice(-shownText) : text} />
      </pre>
    </article>
  )
}
