/** @jsxImportSource preact */
/**
 * Which states and transitions of the selected actor's machine all its actors have seen, and which nobody has tried yet.
 *
 * @module
 */
import { useMemo } from 'preact/hooks'
import { coverage, type Coverage as Model, seenAround, type TransitionSeen } from '../../session/coverage.ts'
import { Empty } from './common.tsx'
import { countWords } from './facts.ts'
import { useShown } from './panel-state.ts'

/** Of each list: a machine may have thousands. */
const mostLines = 200

export function Coverage() {
  const shown = useShown()
  const id = shown?.store.actor.value ?? null
  const definition =
    shown === undefined || id === null ? null : (shown.session.actor(shown.app.key, id, null)?.definition ?? null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another app may have told something of the same machine.
  const model = useMemo(() => {
    if (shown === undefined || definition === null) return null
    return coverage(seenAround(shown.session, shown.app.key), definition)
  }, [shown?.session, shown?.app.key, definition, shown?.told])
  if (shown === undefined || model === null) {
    return <Empty title="No machine selected">Select an actor that runs a machine to see what was tried of it.</Empty>
  }
  const { store } = shown
  const heat = store.heat.value
  const never = new Set(model.neverTaken)
  const machine = definition === null ? undefined : shown.session.machine(shown.app.key, definition)?.id
  const within = (state: string): string => withoutMachine(state, machine)
  return (
    <section class="panel coverage" aria-label="Coverage">
      <Share model={model} />
      <div class="bar">
        <button type="button" role="switch" aria-checked={heat} onClick={() => (store.heat.value = !heat)}>
          Heat on the chart
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
      <section class="scrolled" tabIndex={0} aria-label="States and transitions">
        <Lines title="Never entered" lines={model.neverEntered.map((state) => ({ words: within(state), times: 0 }))} />
        <Lines title="Never taken" lines={model.transitions.filter(({ key }) => never.has(key)).map(neverLine)} />
        <Lines title="States" lines={model.states.map(({ id, seen }) => ({ words: within(id), times: seen }))} />
        <Lines title="Transitions" lines={model.transitions.map(({ words, taken }) => ({ words, times: taken }))} />
      </section>
    </section>
  )
}

/** The path of a state alone, as in the words of a transition; an id that was given stays. */
function withoutMachine(state: string, machine: string | undefined): string {
  return machine !== undefined && state.startsWith(`${machine}.`) ? state.slice(machine.length + 1) : state
}

function Share({ model: { share, states, transitions, neverEntered, neverTaken } }: { readonly model: Model }) {
  const percent = Math.floor(share * 100)
  return (
    <div class="share">
      <strong>{percent} %</strong>
      <meter min={0} max={100} value={percent} aria-label="Share of states and transitions seen" />
      <p>
        {countWords(states.length - neverEntered.length)} of {countWords(states.length)} states,{' '}
        {countWords(transitions.length - neverTaken.length)} of {countWords(transitions.length)} transitions
      </p>
    </div>
  )
}

interface Line {
  readonly words: string
  readonly times: number
  /** What is known of why not. */
  readonly because?: string | undefined
}

function neverLine({ words, refused }: TransitionSeen): Line {
  const times = refused === 1 ? 'once' : `${countWords(refused)} times`
  return { words, times: 0, because: refused === 0 ? undefined : `guard said no ${times}` }
}

/** Candidates whose guards have no names read alike and stand in one line. */
function folded(lines: readonly Line[]): readonly (Line & { readonly ways: number })[] {
  const byWords = new Map<string, Line & { readonly ways: number }>()
  for (const { because, words, times } of lines) {
    const before = byWords.get(words)
    byWords.set(words, {
      words,
      because: because ?? before?.because,
      times: times + (before?.times ?? 0),
      ways: 1 + (before?.ways ?? 0),
    })
  }
  return [...byWords.values()]
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly Line[] }) {
  const shown = folded(title.startsWith('Never') ? lines : lines.filter(({ times }) => times > 0))
  if (shown.length === 0) return null
  const most = Math.max(1, ...shown.map(({ times }) => times))
  return (
    <>
      <h3>
        {title} <span>{countWords(lines.filter(({ times }) => title.startsWith('Never') || times > 0).length)}</span>
      </h3>
      <ul class="counts">
        {shown.slice(0, mostLines).map(({ because, words, times, ways }) => (
          <li key={words} class={times === 0 ? 'never' : ''}>
            <span class="words">
              {words}
              {ways > 1 && <span class="ways"> ×{ways}</span>}
              {because !== undefined && <span class="because"> · {because}</span>}
            </span>
            {times > 0 && (
              <>
                <span class="heat" style={{ width: `${Math.ceil((40 * Math.log1p(times)) / Math.log1p(most))}px` }} />
                <span class="times">{countWords(times)}</span>
              </>
            )}
          </li>
        ))}
        {shown.length > mostLines && <li class="note">and {countWords(shown.length - mostLines)} more</li>}
      </ul>
    </>
  )
}
