/**
 * The text twin as a tree that the keyboard can enter: one stop for the tab key, where what is active is, and every state by its
 * name and whether it is active.
 *
 * @module
 */
import type { Drawing } from './drawing.ts'

export interface Stops {
  /** What has the focus, or would get it. */
  stopAt(item: HTMLElement | undefined): void
  /** The active states may have changed. @param isWalked somebody is on the tree: the stop stays where they are. */
  attend(isWalked: boolean): void
}

export function stopsOn(drawing: Pick<Drawing, 'active' | 'model' | 'painting' | 'twin'>): Stops {
  const { model, painting, twin } = drawing
  const places = [...model.nodes.values()].filter(({ id }) => id !== model.root.id && painting.nodes.has(id))
  let stop: HTMLElement | undefined
  let spoken = ''

  const [tree] = twin.elements
  tree?.setAttribute('role', 'tree')
  for (const list of tree?.querySelectorAll('ul') ?? []) list.setAttribute('role', 'group')
  for (const item of twin.places.values()) item.setAttribute('role', 'treeitem')

  const stopAt = (item: HTMLElement | undefined): void => {
    if (stop === item) return
    stop?.setAttribute('tabindex', '-1')
    stop = item
    item?.setAttribute('tabindex', '0')
  }
  return {
    stopAt,
    attend(isWalked) {
      const { active } = drawing
      const now = [...active].join()
      if (now === spoken) return
      spoken = now
      for (const [id, item] of twin.places) {
        item.setAttribute('aria-label', `${model.nodes.get(id)?.key ?? id}${active.has(id) ? ', active' : ''}`)
      }
      if (isWalked) return
      const inner = places.find(({ id, children }) => active.has(id) && !children.some((child) => active.has(child.id)))
      stopAt(twin.places.get((inner ?? places.find(({ id }) => active.has(id)) ?? places[0])?.id ?? ''))
    },
  }
}
