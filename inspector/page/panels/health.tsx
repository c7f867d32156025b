/** @jsxImportSource preact */
/**
 * How the selected connection is: figures, one line that explains, and why no messages come.
 *
 * @module
 */

import type { HealthMessage } from '../../protocol/messages.ts'
import { diagnose, type Finding } from '../../session/diagnose.ts'
import { explain } from '../../session/explain.ts'
import type { ActorView } from '../../session/view.ts'
import { lengthWords, stateWords } from '../../session/words.ts'
import { useStore } from '../store.ts'
import { Empty } from './common.tsx'
import { countWords } from './facts.ts'
import { Icon } from './icons.tsx'

export function Health() {
  const store = useStore()
  store.told.value
  const [app, actor, at] = [store.app.value, store.selectedActor.value, store.at.value]
  if (app === null || actor === undefined) {
    return <Empty title="No actor selected">How it is, and why, appears here.</Empty>
  }
  const health = store.session.health(app, actor.id, at)
  const findings = health === undefined ? [] : diagnose(store.session, app, actor.id, at)
  return (
    <section class="panel health" aria-label="Health" data-phase={actor.phase}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
      <section class="scrolled" tabIndex={0} aria-label="How it is">
        <Standing actor={actor} explanation={explain(store.session, app, actor.id, at)} />
        {health === undefined ? (
          <p class="note">Figures are told of statewire’s connections alone.</p>
        ) : (
          <Figures health={health} />
        )}
        {findings.length > 0 && <Findings findings={findings} />}
      </section>
    </section>
  )
}

function Standing({ actor, explanation }: { readonly actor: ActorView; readonly explanation: string }) {
  const words = stateWords(actor.value)
  return (
    <div class="standing">
      <span class="pill">
        <span class="dot" aria-hidden="true" />
        {actor.phase}
      </span>
      <h3 title={actor.name}>{actor.name}</h3>
      {words !== '' && <p class="state">{words}</p>}
      {explanation !== '' && (
        <p class="explanation">
          {explanation.split('`').map((words, index) => (index % 2 === 0 ? words : <code key={words}>{words}</code>))}
        </p>
      )}
    </div>
  )
}

/** Longer than this without a byte is worth a look, in ms. */
const longSilence = 15_000

function Figures({ health }: { readonly health: HealthMessage }) {
  const { received, sent, queued, attempt, silence, position, failure } = health
  return (
    <>
      <dl class="measures grid">
        <Figure name="Received">{countWords(received)}</Figure>
        <Figure name="Sent">{countWords(sent)}</Figure>
        <Figure name="Queued" grave={queued > 0}>
          {countWords(queued)}
        </Figure>
        <Figure name="Attempt" grave={attempt > 1}>
          {countWords(attempt)}
        </Figure>
        <Figure name="Silence" grave={silence >= longSilence}>
          {lengthWords(silence)}
        </Figure>
        <Figure name="Position">{position ?? '–'}</Figure>
      </dl>
      {failure !== null && (
        <div class="failure">
          <Icon name="error" />
          <div>
            <strong>{failure.code}</strong>
            <p>{failure.message}</p>
          </div>
        </div>
      )}
    </>
  )
}

interface FigureProps {
  readonly name: string
  readonly children: string
  readonly grave?: boolean | undefined
}

function Figure({ name, children, grave = false }: FigureProps) {
  return (
    <div class={grave ? 'grave' : ''}>
      <dt>{name}</dt>
      <dd title={children}>{children}</dd>
    </div>
  )
}

const signs = {
  fine: { icon: 'done', word: 'fine' },
  cause: { icon: 'error', word: 'cause' },
  unknown: { icon: 'unknown', word: 'not known' },
} as const

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <>
      <h3 class="question">If no messages come</h3>
      <ol class="findings">
        {findings.map(({ verdict, words }) => (
          <li key={words} class={verdict}>
            <Icon name={signs[verdict].icon} word={signs[verdict].word} />
            <span>{words}</span>
          </li>
        ))}
      </ol>
    </>
  )
}
