/**
 * One machine, drawn: shows what an actor is at an instant, flashes the ways it took, fills its waits.
 *
 * @module
 */
import { layColumns } from '../../chart/columns.ts'
import { foldCommon } from '../../chart/condense.ts'
import type { Box } from '../../chart/geometry.ts'
import { highlightOf } from '../../chart/highlight.ts'
import type { Machine } from '../../chart/machine.ts'
import { activeStates, type ChartModel, chartModel } from '../../chart/model.ts'
import { type Painting, paint } from '../../chart/paint.ts'
import { type Twin, twinOf } from '../../chart/twin.ts'
import { Waits } from '../../chart/waits.ts'
import type { ScheduledWait } from '../../protocol/messages.ts'
import type { ActorView } from '../../session/view.ts'
import { around } from './around.ts'

/** `overview`: the top-level states with what is inside as pills. `detail`: every state with its rows and edges. */
export type Density = 'overview' | 'detail'

/** The transitions that led to what is shown. */
export interface Taken {
  readonly keys: readonly string[]
  /** Nobody could tell; these may have been it. */
  readonly inferred: boolean
}

export interface Drawing {
  readonly root: SVGSVGElement
  readonly density: Density
  readonly machine: Machine
  readonly model: ChartModel
  readonly painting: Painting
  /** The states as a list, for who does not see the picture. */
  readonly twin: Twin
  readonly box: Box
  /** Ids of the states that are shown as active. */
  readonly active: ReadonlySet<string>
  /**
   * @param now as `t` of the app: how far the waits have come.
   * @param clock `running` fills the waits on, `stopped` leaves them as they were at `now`.
   * @returns the box around what is active.
   */
  show(actor: ActorView, now: number, clock: 'running' | 'stopped'): Box
  /** @param taken a key for each time that it was taken. */
  flash(taken: Taken): void
  /** Paints how often each way was taken, 0 to 1 by transition key; `null` paints none. */
  warm(heat: ReadonlyMap<string, number> | null): void
  /** Leaves nothing running. */
  remove(): void
}

function sameWaits(a: readonly ScheduledWait[], b: readonly ScheduledWait[]): boolean {
  return (
    a.length === b.length && a.every((wait, index) => wait.event === b[index]?.event && wait.since === b[index]?.since)
  )
}

/** The innermost active states; a chart that shows only their container is looked at there. */
function activeBox(model: ChartModel, painting: Painting, active: ReadonlySet<string>): Box | undefined {
  const leaves = [...active].filter((id) => !model.nodes.get(id)?.children.some((child) => active.has(child.id)))
  return around(leaves.flatMap((id) => painting.nodes.get(id)?.placed ?? []))
}

function edgesOf(model: ChartModel, keys: ReadonlySet<string>): string[] {
  return model.edges
    .filter(({ labels }) => labels.some((label) => label.keys.some((key) => keys.has(key))))
    .map(({ id }) => id)
}

/** Dashed, so that a guess is never mistaken for a fact. */
function markInferred(model: ChartModel, painting: Painting, { keys, inferred }: Taken): void {
  for (const id of edgesOf(model, new Set(keys))) {
    painting.edges.get(id)?.group.classList.toggle('inferred', inferred)
  }
}

/** @param density how much of the machine. */
export function drawMachine(machine: Machine, density: Density): Drawing {
  const model = foldCommon(chartModel(machine))
  const geometry = layColumns(model, { density: density === 'overview' ? 'compact' : 'full', frame: 'bare' })
  const painting = paint(geometry, model)
  const highlight = highlightOf(painting, model)
  const waits = new Waits(painting, model)
  const twin = twinOf(model)
  let active: ReadonlySet<string> = new Set()
  let shown: { waits: readonly ScheduledWait[]; clock: 'running' | 'stopped'; now: number } | undefined
  const box: Box = { x: -4, y: -2, width: geometry.width + 8, height: geometry.height + 6 }

  const fill = (actor: ActorView, now: number, clock: 'running' | 'stopped'): void => {
    const jumped = clock === 'stopped' && shown?.now !== now
    if (shown !== undefined && shown.clock === clock && !jumped && sameWaits(shown.waits, actor.waits)) return
    shown = { waits: actor.waits, clock, now }
    waits.keep(new Set())
    for (const { event, delay, since } of actor.waits) {
      waits.start({ eventType: event, delay, elapsed: Math.max(0, now - since), clock })
    }
  }
  return {
    root: painting.root,
    density,
    machine,
    model,
    painting,
    twin,
    box,
    get active() {
      return active
    },
    show(actor, now, clock) {
      active = activeStates(model, actor.value)
      highlight.show(active)
      twin.mark(active)
      fill(actor, now, clock)
      return activeBox(model, painting, active) ?? box
    },
    flash(taken) {
      markInferred(model, painting, taken)
      highlight.flash(taken.keys)
    },
    warm(heat) {
      for (const { id, labels } of model.edges) {
        const most = Math.max(0, ...labels.flatMap(({ keys }) => keys.map((key) => heat?.get(key) ?? 0)))
        const group = painting.edges.get(id)?.group
        group?.classList.toggle('warm', heat !== null && most > 0)
        group?.classList.toggle('cold', heat !== null && most === 0)
        group?.style.setProperty('--heat', String(most))
      }
    },
    remove() {
      waits.keep(new Set())
      highlight.remove()
      twin.remove()
    },
  }
}
