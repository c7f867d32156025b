/**
 * What is looked at on a drawing: its ring, its edges and chips, and the states where they really begin and end.
 *
 * @module
 */
import type { Box } from '../../chart/geometry.ts'
import { svg } from '../../chart/svg.ts'
import type { Drawing } from './drawing.ts'

/** Between a thing and its ring. */
const air = 4

export interface Look {
  /** @param keys of transitions; none for a state. @param ring around what the keyboard stands on. */
  show(keys: readonly string[], ring: Box | undefined): void
  /** Where a transition's words stand; `undefined` where they are not drawn. */
  boxOf(keys: readonly string[]): Box | undefined
}

export function lookOn({ painting, model }: Pick<Drawing, 'painting' | 'model'>): Look {
  const ringed = svg('rect', { class: 'ring', rx: 12 })
  let marked: Element[] = []
  const mark = (element: Element | undefined, name: string): void => {
    if (element === undefined) return
    element.classList.add(name)
    marked.push(element)
  }
  return {
    show(keys, ring) {
      for (const element of marked) element.classList.remove('looked', 'end')
      marked = []
      const isLooked = (own: readonly string[]): boolean => own.some((key) => keys.includes(key))
      if (keys.length > 0) {
        for (const { keys: own, group } of painting.labels) if (isLooked(own)) mark(group, 'looked')
        for (const { id, labels } of model.edges) {
          const looked = labels.filter((label) => isLooked(label.keys))
          if (looked.length > 0) mark(painting.edges.get(id)?.group, 'looked')
          for (const { sources, target } of looked) {
            for (const state of [...sources, target ?? '']) mark(painting.nodes.get(state)?.group, 'end')
          }
        }
      }
      if (ring === undefined) {
        ringed.remove()
        return
      }
      const { x, y, width, height } = ring
      const around = { x: x - air, y: y - air, width: width + 2 * air, height: height + 2 * air }
      for (const [name, value] of Object.entries(around)) ringed.setAttribute(name, String(value))
      painting.root.append(ringed)
    },
    boxOf: (keys) => painting.labels.find((label) => label.keys.some((key) => keys.includes(key)))?.box,
  }
}
