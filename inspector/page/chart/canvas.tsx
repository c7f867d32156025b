/** @jsxImportSource preact */
/**
 * The middle of the page: the chart of the selected actor, and what moves the camera over it.
 *
 * @module
 */
import { useComputed } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { stateWords, withArticle } from '../../session/words.ts'
import { Icon } from '../shell/icon.tsx'
import { useStore } from '../store.ts'
import { Card } from './card.tsx'
import { createStage, type Stage } from './stage.ts'

/** The keyboard's way to the camera. */
export interface CanvasHandle {
  stage: Stage | null
}

function Controls({ stage }: { readonly stage: Stage }) {
  const mode = stage.lens.mode.value
  const scene = stage.scene.value
  const density = scene.kind === 'chart' ? scene.drawing.density : 'overview'
  return (
    <div class="canvas-controls" role="toolbar" aria-label="Chart">
      <div class="segments">
        <button type="button" aria-pressed={density === 'overview'} onClick={() => (stage.density.value = 'overview')}>
          Overview
        </button>
        <button type="button" aria-pressed={density === 'detail'} onClick={() => (stage.density.value = 'detail')}>
          Detail
        </button>
      </div>
      <div class="segments">
        <button type="button" aria-label="Zoom out" onClick={() => stage.lens.zoom(1 / 1.25)}>
          <Icon name="minus" />
        </button>
        <button type="button" aria-pressed={mode === 'fit'} onClick={stage.lens.fit} title="Fit (F)">
          Fit
        </button>
        <button type="button" aria-pressed={mode === 'follow'} onClick={stage.lens.follow}>
          Follow
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => stage.lens.zoom(1.25)}>
          <Icon name="plus" />
        </button>
      </div>
    </div>
  )
}

/** What is said of an actor that cannot be drawn: it is still somewhere. */
function NoChart({ stage }: { readonly stage: Stage }) {
  const store = useStore()
  const actor = store.selectedActor.value
  if (stage.scene.value.kind !== 'no chart' || actor === undefined) return null
  const parent = actor.parent
  return (
    <div class="no-chart">
      <h2>{actor.name}</h2>
      <p>
        {actor.logic === 'machine'
          ? 'Its machine is unknown or too large to draw.'
          : `Runs ${withArticle(actor.logic)}: no chart.`}
      </p>
      <p class="code">{stateWords(actor.value) || actor.status}</p>
      {parent === null ? null : (
        <button type="button" onClick={() => store.select(store.app.value ?? '', parent)}>
          Show its parent
        </button>
      )}
    </div>
  )
}

export function Canvas({ handle }: { readonly handle: CanvasHandle }) {
  const store = useStore()
  const canvas = useRef<HTMLDivElement>(null)
  const paper = useRef<HTMLDivElement>(null)
  const [stage, setStage] = useState<Stage | null>(null)
  // The actor is another one in every frame of a flood, and its phase seldom is.
  const phase = useComputed(() => store.selectedActor.value?.phase ?? 'idle')
  useEffect(() => {
    if (canvas.current === null || paper.current === null) return
    const made = createStage(canvas.current, paper.current, store)
    handle.stage = made
    setStage(made)
    return () => {
      handle.stage = null
      made.remove()
    }
  }, [store, handle])
  return (
    <section class="middle" aria-label="Chart" data-phase={phase.value}>
      <div class="canvas" ref={canvas}>
        <div class="chart paper" ref={paper} />
      </div>
      {stage === null ? null : <NoChart stage={stage} />}
      {stage === null ? null : <Card stage={stage} />}
      {stage === null ? null : <Controls stage={stage} />}
    </section>
  )
}
