/**
 * A live chart of any XState machine: one SVG, its active states lit, the ways taken flashing, the waits filling.
 *
 * @module
 */
import type { AnyStateMachine } from 'xstate'
import { foldCommon } from './condense.ts'
import { highlightOf } from './highlight.ts'
import { spokenLabel } from './labels.ts'
import { type LayoutOptions, layOut } from './layout.ts'
import { activeStates, chartModel } from './model.ts'
import { paint } from './paint.ts'
import { type ChartSnapshot, phaseOf } from './phase.ts'
import { twinOf } from './twin.ts'
import { type Wait, Waits } from './waits.ts'

export interface Chart {
  /** A `figure`; it carries the phase as `data-phase`. */
  readonly element: HTMLElement
  /** Shows a snapshot. @param taken keys of the transitions that led to it, as `transitionKey` gives them; they flash. */
  update(snapshot: ChartSnapshot, taken?: readonly string[]): void
  /** Shows a wait filling up; it ends when its state is left. */
  wait(wait: Wait): void
  /** Takes the chart out of the page. */
  remove(): void
}

function figureOf(name: string, ...children: readonly Element[]): HTMLElement {
  const figure = document.createElement('figure')
  figure.className = 'chart'
  figure.dataset.phase = 'idle'
  figure.setAttribute('aria-label', `Chart of ${name}`)
  figure.append(...children)
  return figure
}

/**
 * Draws a machine into an element.
 *
 * @example
 * const chart = drawChart(document.body, connectionMachine, { density: 'compact' })
 * const stop = observeChart(actor, chart)
 */
export function drawChart(host: Element, machine: AnyStateMachine, options: LayoutOptions = {}): Chart {
  const model = foldCommon(chartModel(machine))
  const painting = paint(layOut(model, options), model)
  const highlight = highlightOf(painting, model)
  const waits = new Waits(painting, model)
  const twin = twinOf(model)
  const caption = document.createElement('figcaption')
  // The twin says the same, at a pace that can be listened to.
  caption.setAttribute('aria-hidden', 'true')
  const element = figureOf(model.root.key, painting.root, caption, ...twin.elements)
  host.append(element)

  let active: ReadonlySet<string> = new Set()
  const speak = (snapshot: ChartSnapshot, taken: readonly string[]): void => {
    const leaves = [...active].flatMap((id) => model.nodes.get(id) ?? []).filter((node) => node.children.length === 0)
    const cause = highlight.cause(taken)
    const because = cause === undefined ? '' : `, ${spokenLabel(cause)}`
    const words = `${phaseOf(snapshot)}: ${leaves.map((node) => node.key).join(', ')}${because}${waits.words}`
    caption.textContent = words
    twin.say(words)
  }

  return {
    element,
    update(snapshot, taken = []) {
      const before = active
      active = activeStates(model, snapshot.value)
      element.dataset.phase = phaseOf(snapshot)
      waits.keep(active)
      highlight.show(active)
      highlight.flash(taken)
      twin.mark(active)
      if ([...before].join() !== [...active].join()) speak(snapshot, taken)
    },
    wait: (wait) => waits.start(wait),
    remove() {
      waits.keep(new Set())
      highlight.remove()
      twin.remove()
      element.remove()
    },
  }
}
