/** @jsxImportSource preact */
/**
 * The drawer below the rows: one entry with all that is known of it. What an event carried is asked of the app only now.
 *
 * @module
 */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { FrameMessage, StepMessage } from '../../protocol/messages.ts'
import { transitionsOf } from '../../session/infer.ts'
import type { Session } from '../../session/session.ts'
import type { AppView, Entry } from '../../session/view.ts'
import { clockWords, difference, eventWords, stateWords } from '../../session/words.ts'
import { useStore } from '../store.ts'
import { actorName, byteWords, entryWords, fateWords, stepPhase } from './facts.ts'
import { Icon } from './icons.tsx'
import { Payload } from './payload.tsx'

export interface EntryDetailsProps {
  readonly entry: Entry
  readonly app: AppView
  onClose(): void
}

export function EntryDetails({ entry, app, onClose }: EntryDetailsProps) {
  const store = useStore()
  const name = (actor: string | null): string => actorName(store.session, app.key, actor)
  const { icon, words, tone, phase } = entryWords(entry, name)
  return (
    <section
      class="details"
      aria-label="Details"
      data-phase={phase}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        onClose()
      }}
    >
      <header class={tone}>
        <Icon name={icon} />
        <h3 dir="auto" title={words}>
          {words}
        </h3>
        <button type="button" class="quiet bare" aria-label="Close details" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
      <section class="scrolled" aria-label="What is known of it" tabIndex={0}>
        <dl class="facts">
          <Fact name="at">{clockWords(app.epoch, entry.t)}</Fact>
          <Fact name="actor">{name(entry.actor)}</Fact>
          {entry.kind === 'event' && <Fact name="type">{entry.type}</Fact>}
          {entry.kind === 'event' && <Fact name="from">{name(entry.source)}</Fact>}
          {entry.kind === 'step' && <StepFacts step={entry} session={store.session} app={app.key} />}
          {entry.kind === 'frame' && <FrameFacts frame={entry} app={app.key} />}
        </dl>
        {entry.kind === 'frame' && <Told text={entry.text} />}
        {entry.kind === 'event' && <Asked seq={entry.seq} app={app.key} />}
        {entry.kind === 'step' && entry.because !== 0 && <Asked seq={entry.because} app={app.key} />}
      </section>
    </section>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd dir="auto">{children}</dd>
    </>
  )
}

interface StepFactsProps {
  readonly step: StepMessage
  readonly session: Session
  readonly app: string
}

function StepFacts({ step, session, app }: StepFactsProps) {
  const before = session.before(app, step)
  const event = session.event(app, step.because)
  const taken = transitionsOf(session, app, step)
  return (
    <>
      <Fact name="state">
        <Difference before={before?.value} after={step.value} />
      </Fact>
      <Fact name="phase">
        <span class="phase">{stepPhase(step)}</span>
      </Fact>
      {event !== undefined && <Fact name="because">{eventWords(event.type)}</Fact>}
      {taken.keys.length > 0 && (
        <Fact name={taken.inferred ? 'inferred' : 'taken'}>
          {taken.keys.map((key) => (
            <div key={key} class={taken.inferred ? 'inferred' : ''}>
              {transitionWords(key)}
            </div>
          ))}
        </Fact>
      )}
    </>
  )
}

/** `connection.connecting xstate.after.… 0` reads "connection.connecting · after …". */
export function transitionWords(key: string): string {
  const [, state = key, event = ''] = /^(\S*) (.*) -?\d+$/s.exec(key) ?? []
  return `${state} · ${event === '' ? 'always' : eventWords(event)}`
}

function Difference({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const { left, entered } = difference(before, after)
  if (before === undefined || (left.length === 0 && entered.length === 0)) return <>{stateWords(after)}</>
  return (
    <ul class="difference" aria-label="What has changed">
      {left.map((leaf) => (
        <li key={`-${leaf}`} class="was">
          <span class="unseen">left </span>
          <span aria-hidden="true">− </span>
          {leaf}
        </li>
      ))}
      {entered.map((leaf) => (
        <li key={`+${leaf}`} class="now">
          <span class="unseen">entered </span>
          <span aria-hidden="true">+ </span>
          {leaf}
        </li>
      ))}
    </ul>
  )
}

function FrameFacts({ frame, app }: { readonly frame: FrameMessage; readonly app: string }) {
  const { session, at } = useStore()
  const fate = session.fate(app, frame.seq, at.value)
  return (
    <>
      <Fact name="what">
        {frame.what}, {frame.direction === 'in' ? 'received' : 'sent'}
      </Fact>
      {fate !== undefined && (
        <Fact name="fate">
          <span class={`fate ${fate.state}`}>{fateWords(fate)}</span>
        </Fact>
      )}
      <Fact name="size">{byteWords(frame.bytes) || 'not known'}</Fact>
      {frame.position !== null && <Fact name="position">{frame.position}</Fact>}
      {frame.sequence !== undefined && <Fact name="append">{frame.sequence}</Fact>}
    </>
  )
}

/** What an event carried: the app keeps it for a while and is asked for it. */
function Asked({ seq, app }: { readonly seq: number; readonly app: string }) {
  const store = useStore()
  store.told.value
  const text = store.session.payload(app, seq)
  const missing = text === undefined
  useEffect(() => {
    if (missing) store.ask({ kind: 'payload', seq })
  }, [store, seq, missing])
  if (text === undefined) return <p class="note">Asking the app what the event carried …</p>
  if (text === null) return <p class="note">The app no longer keeps what this event carried.</p>
  return <Payload text={text} title="Event" copied="payload" />
}

function Told({ text }: { readonly text: string | null }) {
  if (text === null) return <p class="note">The app was not asked for texts when this passed.</p>
  return <Payload text={text} title="Text" copied="text" />
}
