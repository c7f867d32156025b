/**
 * The chart in words: a tree of its states with the active ones marked, and a polite voice that says what changed.
 * For a screen reader this is the chart; the picture is hidden from it.
 *
 * @module
 */
import type { ChartModel, ChartNode } from './model.ts'

/** A voice that speaks more often than this is never heard out. */
const leastBetween = 1000

export interface Twin {
  readonly elements: readonly HTMLElement[]
  /** The item of each state, by its id: where a keyboard can stand. */
  readonly places: ReadonlyMap<string, HTMLElement>
  mark(active: ReadonlySet<string>): void
  say(words: string): void
  remove(): void
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  made.append(...children)
  return made
}

export function twinOf(model: ChartModel): Twin {
  const marks = new Map<string, HTMLElement>()
  const places = new Map<string, HTMLElement>()
  const itemOf = (node: ChartNode): HTMLLIElement => {
    const mark = element('span')
    const item = element('li', node.key, mark)
    marks.set(node.id, mark)
    places.set(node.id, item)
    if (node.children.length > 0) item.append(element('ul', ...node.children.map(itemOf)))
    return item
  }
  const tree = element('ul', ...model.root.children.map(itemOf))
  tree.className = 'unseen'
  tree.setAttribute('aria-label', `States of ${model.root.key}`)
  const voice = element('p')
  voice.className = 'unseen'
  voice.setAttribute('role', 'status')

  let spokenAt = Number.NEGATIVE_INFINITY
  let waiting: ReturnType<typeof setTimeout> | undefined
  let next = ''
  const speak = (): void => {
    waiting = undefined
    spokenAt = performance.now()
    voice.textContent = next
  }
  return {
    elements: [tree, voice],
    places,
    mark(active) {
      for (const [id, mark] of marks) {
        const words = active.has(id) ? ' (active)' : ''
        if (mark.textContent !== words) mark.textContent = words
      }
    },
    say(words) {
      next = words
      waiting ??= setTimeout(speak, Math.max(0, spokenAt + leastBetween - performance.now()))
    },
    remove: () => clearTimeout(waiting),
  }
}
