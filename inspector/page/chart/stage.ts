/**
 * Keeps the drawing on the canvas in step with the store: another machine, another instant, another step.
 *
 * @module
 */
import { batch, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals'
import type { MachineState } from '../../chart/machine.ts'
import type { Particulars } from '../../chart/particulars.ts'
import { bounds } from '../../protocol/bounds.ts'
import type { StepMessage } from '../../protocol/messages.ts'
import { transitionsOf } from '../../session/infer.ts'
import type { ActorView } from '../../session/view.ts'
import type { Store } from '../store.ts'
import { type Attention, attentionTo } from './attention.ts'
import type { ChartView } from './chart-view.ts'
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
  /** The transitions that are pointed at, or stood before with the keyboard. */
  readonly looked: ReadonlySignal<readonly Particulars[]>
  remove(): void
}

/** To guess costs more than to know: of those that nobody has told, only so many are guessed in a frame. */
const mostGuessed = 12
/** What is older than this flashes no more, in ms. */
const flashesFor = 1000

function statesOf(state: MachineState): number {
  return Object.values(state.states).reduce((sum, child) => sum + statesOf(child), 1)
}

/** @param paper where the drawing is put; @param canvas what is panned and zoomed. */
export function createStage(canvas: HTMLElement, paper: HTMLElement, store: Store): Stage {
  const { session } = store
  const scene = signal<Scene>({ kind: 'nothing' })
  const density = signal<Density | 'fitting'>('fitting')
  const lens = createLens(canvas)
  const looked = signal<readonly Particulars[]>([])
  let attention: Attention | undefined
  let drawn = ''
  let seen = 0
  /** What the store was last told of the camera; anything else there comes from an address. */
  let told: ChartView | null = null

  const clear = (): void => {
    const before = scene.peek()
    attention?.remove()
    attention = undefined
    if (before.kind === 'chart') before.drawing.remove()
    paper.replaceChildren()
  }

  const draw = (app: string, actor: ActorView, wanted: Density | 'fitting'): void => {
    const machine = actor.definition === null ? null : session.machine(app, actor.definition)
    const key = machine === null ? `${app} ${actor.id}` : `${app} ${actor.id} ${actor.definition} ${wanted}`
    if (drawn === key) return
    drawn = key
    seen = session.entries(app).at(-1)?.seq ?? 0
    if (machine === null || statesOf(machine.root) > bounds.drawnStates) {
      clear()
      scene.value = { kind: 'no chart', actor }
      return
    }
    const asked = drawMachine(machine, wanted === 'fitting' ? 'detail' : wanted)
    const suits = wanted !== 'fitting' || lens.holds(asked.box)
    const drawing = suits ? asked : drawMachine(machine, 'overview')
    const { root, twin, box } = drawing
    clear()
    // The twin's own voice stays out: the page has one.
    paper.replaceChildren(root, ...twin.elements.slice(0, 1))
    const view = store.view.peek()
    lens.load(root, box, view?.density === drawing.density ? view : null)
    attention = attentionTo({
      drawing,
      async load() {
        const { onlooker } = await import('./onlooker.ts')
        return (stops) => onlooker({ drawing, lens, looked, stops })
      },
      onFailure() {
        store.notice.value = 'What looks at the chart could not be loaded: is the hub still there?'
      },
    })
    scene.value = { kind: 'chart', drawing }
  }

  const flash = (drawing: Drawing, app: string, actor: string, at: number | null): void => {
    const entries = session.entries(app)
    const steps =
      at === null
        ? stepsAfter(entries, actor, seen, store.now() - flashesFor)
        : [stepAt(entries, actor, at) ?? []].flat()
    seen = entries.at(-1)?.seq ?? seen
    const [told, untold] = [[], []] as [StepMessage[], StepMessage[]]
    for (const step of steps) (step.taken === null ? untold : told).push(step)
    if (told.length > 0) drawing.flash({ keys: told.flatMap(({ taken }) => taken ?? []), inferred: false })
    for (const step of untold.slice(-mostGuessed)) drawing.flash(transitionsOf(session, app, step))
  }

  const stopShowing = effect(() => {
    const [app, actor, at] = [store.app.value, store.selectedActor.value, store.at.value]
    density.value
    store.told.value
    untracked(() =>
      batch(() => {
        if (app === null || actor === undefined) {
          drawn = ''
          clear()
          scene.value = { kind: 'nothing' }
          return
        }
        const view = store.view.peek()
        if (view !== null && view !== told) density.value = view.density
        draw(app, actor, density.peek())
        const shown = scene.peek()
        if (shown.kind !== 'chart') return
        lens.attend(shown.drawing.show(actor, at ?? store.now(), at === null ? 'running' : 'stopped'))
        attention?.attend()
        flash(shown.drawing, app, actor.id, at)
      }),
    )
  })
  const stopTelling = effect(() => {
    const shown = scene.value
    if (shown.kind !== 'chart') return
    told = lens.view(shown.drawing.density)
    store.view.value = told
  })
  const stopTurning = effect(() => {
    const [wanted, shown] = [store.view.value, scene.value]
    if (wanted === told || shown.kind !== 'chart') return
    if (wanted !== null && wanted.density !== shown.drawing.density) density.value = wanted.density
    else lens.place(wanted)
  })
  const heatOf = signal<((app: string, definition: string) => ReadonlyMap<string, number> | undefined) | null>(null)
  const loadHeat = async (): Promise<void> => {
    try {
      const { coverage, seenAround } = await import('../../session/coverage.ts')
      heatOf.value = (app, definition) => coverage(seenAround(session, app), definition)?.heat
    } catch {
      store.heat.value = false
      store.notice.value = 'The heat could not be loaded: is the hub still there?'
    }
  }
  const stopWarming = effect(() => {
    const shown = scene.value
    store.logTold.value
    const [isWarm, app, definition] = [store.heat.value, store.app.value, store.selectedActor.value?.definition ?? null]
    if (shown.kind !== 'chart' || app === null) return
    if (isWarm && heatOf.value === null) void loadHeat()
    const isCounted = isWarm && definition !== null
    shown.drawing.warm(isCounted ? (heatOf.value?.(app, definition) ?? null) : null)
  })
  return {
    scene,
    density,
    lens,
    looked,
    remove() {
      stopShowing()
      stopTelling()
      stopTurning()
      stopWarming()
      clear()
      lens.remove()
    },
  }
}
