/** @jsxImportSource preact */
/**
 * The foot of the page: what the selected actor has been through. A click shows the whole page at that instant.
 *
 * @module
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { explain } from '../../session/explain.ts'
import type { ActorView, AppView } from '../../session/view.ts'
import { clockWords, lengthWords } from '../../session/words.ts'
import { useStore } from '../store.ts'
import { defaultWindow } from './scale.ts'
import { createStrip, type Strip } from './strip.ts'

/** More is more than anybody listens to. */
const spoken = 12

/** The bands in words, newest first. */
function Twin() {
  const store = useStore()
  const { app, actor } = useSelected()
  if (app === undefined || actor === undefined) return null
  const bands = store.session.bands(app.key, actor.id).slice(-spoken).reverse()
  return (
    <ol class="unseen" aria-label={`What ${actor.name} has been through, newest first`}>
      {bands.map(({ from, to, phase, words }) => (
        <li key={`${from} ${words}`}>
          {phase}, {words}, from {clockWords(app.epoch, from)}
          {to === null ? ' until now' : ` for ${lengthWords(to - from)}`}
        </li>
      ))}
    </ol>
  )
}

/** The selection as it was when the log was repainted last: in a flood it is another one in every frame, and nobody reads that. */
function useSelected(): { readonly app: AppView | undefined; readonly actor: ActorView | undefined } {
  const store = useStore()
  store.logTold.value
  store.app.value
  store.actor.value
  store.at.value
  return { app: store.selectedApp.peek(), actor: store.selectedActor.peek() }
}

/** One line in words: what it is doing, and why. */
function Caption() {
  const store = useStore()
  const { app, actor } = useSelected()
  const words = app && actor ? explain(store.session, app.key, actor.id, store.at.value) : ''
  return <p class="caption">{words}</p>
}

function Head({ strip }: { readonly strip: Strip }) {
  const store = useStore()
  const window = strip.window.value
  const { app, actor } = useSelected()
  const at = store.at.value
  const leftOut = strip.leftOut.value
  const shown = window.kind === 'recent' ? `last ${lengthWords(window.span)}` : lengthWords(window.to - window.from)
  return (
    <div class="timeline-head">
      <span class="code">{actor?.name ?? 'Timeline'}</span>
      <span class="faint">
        {shown}
        {leftOut === 0 ? '' : `, ${lengthWords(leftOut)} of nothing left out`}
      </span>
      {window === defaultWindow ? null : (
        <button type="button" class="quiet" onClick={() => (strip.window.value = defaultWindow)}>
          Reset zoom
        </button>
      )}
      <Caption />
      {at === null || app === undefined ? null : <span class="code">{clockWords(app.epoch, at)}</span>}
    </div>
  )
}

export function Timeline() {
  const store = useStore()
  const slider = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [strip, setStrip] = useState<Strip | null>(null)
  useEffect(() => {
    if (slider.current === null || canvas.current === null) return
    const made = createStrip(slider.current, canvas.current, store)
    setStrip(made)
    return made.remove
  }, [store])
  const { app } = useSelected()
  const at = store.at.value
  const value = app === undefined || at === null ? 'live' : clockWords(app.epoch, at)
  const newest = Math.max(0, Math.round(app?.now ?? 0))
  return (
    <section class="timeline" aria-label="Timeline">
      {strip === null ? <div class="timeline-head" /> : <Head strip={strip} />}
      <div
        class="strip"
        ref={slider}
        role="slider"
        tabIndex={0}
        aria-label="Instant shown"
        aria-keyshortcuts="+ - 0 PageUp PageDown Home End"
        aria-valuemin={0}
        aria-valuemax={newest}
        aria-valuenow={Math.min(newest, Math.max(0, Math.round(at ?? newest)))}
        aria-valuetext={value}
      >
        <canvas ref={canvas} />
      </div>
      <Twin />
    </section>
  )
}
