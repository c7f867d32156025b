/**
 * Keeps the drawing on the canvas in step with the store: another machine, another instant, another step.
 *
 * @module
 */
import { batch, effect, type Signal, signal, untracked } from '@preact/signals'
import type { AnyStateNode } from 'xstate'
import { bounds } from '../../protocol/bounds.ts'
import { coverage } from '../../session/coverage.ts'
import { transitionsOf } from '../../session/infer.ts'
import type { ActorView } from '../../session/view.ts'
import type { Store } from '../store.ts'
import { type Density, type Drawing, drawMachine } from './drawing.ts'
import { createLens, type Lens } from './lens.ts'
import { stepAt, stepsAfter } from './steps.ts'

/** What is on the canvas. */
export type Scene =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'no chart'; readonly actor: ActorView }
  | { readonly kind: 'chart'; readonly drawing: Drawing }

export interface Stage {
  readonly scene: Signal<Scene>
  /** `fitting`: in detail where that can be read at once, else an overview. */
  readonly density: Signal<Density | 'fitting'>
  readonly lens: Lens
  remove(): void
}

function statesOf(state: AnyStateNode): number {
  return Object.values(state.states).reduce((sum, child) => sum + statesOf(child), 1)
}

/** @param paper where the drawing is put; @param canvas what is panned and zoomed. */
export function createStage(canvas: HTMLElement, paper: HTMLElement, store: Store): Stage {
  const { session } = store
  const scene = signal<Scene>({ kind: 'nothing' })
  const density = signal<Density | 'fitting'>('fitting')
  const lens = createLens(canvas)
  let drawn = ''
  let seen = 0

  const draw = (app: string, actor: ActorView, wanted: Density | 'fitting'): void => {
    const machine = actor.definition === null ? null : session.machine(app, actor.definition)
    const key = machine === null ? `${app} ${actor.id}` : `${app} ${actor.id} ${actor.definition} ${wanted}`
    if (drawn === key) return
    drawn = key
    seen = session.entries(app).at(-1)?.seq ?? 0
    if (machine === null || statesOf(machine.root) > bounds.drawnStates) {
      paper.replaceChildren()
      scene.value = { kind: 'no chart', actor }
      return
    }
    const asked = drawMachine(machine, wanted === 'fitting' ? 'detail' : wanted)
    const suits = wanted !== 'fitting' || lens.holds(asked.box)
    const drawing = suits ? asked : drawMachine(machine, 'overview')
    const { root, twin, box } = drawing
    paper.replaceChildren(root, ...(twin === undefined ? [] : [twin]))
    lens.load(root, box)
    scene.value = { kind: 'chart', drawing }
  }

  const flash = (drawing: Drawing, app: string, actor: string, at: number | null): void => {
    const entries = session.entries(app)
    const steps = at === null ? stepsAfter(entries, actor, seen) : [stepAt(entries, actor, at) ?? []].flat()
    for (const step of steps) drawing.flash(transitionsOf(session, app, step))
    seen = entries.at(-1)?.seq ?? seen
  }

  const stopShowing = effect(() => {
    const [app, actor, at, wanted] = [store.app.value, store.selectedActor.value, store.at.value, density.value]
    store.told.value
    untracked(() =>
      batch(() => {
        if (app === null || actor === undefined) {
          drawn = ''
          paper.replaceChildren()
          scene.value = { kind: 'nothing' }
          return
        }
        draw(app, actor, wanted)
        const shown = scene.peek()
        if (shown.kind !== 'chart') return
        lens.attend(shown.drawing.show(actor, at ?? store.now(), at === null ? 'running' : 'stopped'))
        flash(shown.drawing, app, actor.id, at)
      }),
    )
  })
  const stopWarming = effect(() => {
    const shown = scene.value
    store.logTold.value
    const [isWarm, app, definition] = [store.heat.value, store.app.value, store.selectedActor.value?.definition ?? null]
    if (shown.kind !== 'chart' || app === null) return
    const seenSoFar = isWarm && definition !== null ? coverage([{ session, app }], definition) : null
    shown.drawing.warm(seenSoFar?.heat ?? null)
  })
  return {
    scene,
    density,
    lens,
    remove() {
      stopShowing()
      stopWarming()
      lens.remove()
    },
  }
}
