import { describe, expect, test } from 'vitest'
import { panels } from '../../../inspector/page/panels/index.ts'
import { act } from './act.ts'
import { tellHostile } from './hostile.ts'
import { mount, textsOf } from './rig.tsx'
import { click, picture } from './user.ts'

const elements = (host: HTMLElement): readonly HTMLElement[] => {
  return [...host.querySelectorAll<HTMLElement>('*')].filter(({ offsetParent }) => offsetParent !== null)
}

/** What is cut off and nobody can see the rest of: no title, and nothing to scroll. */
const cutOff = (host: HTMLElement): readonly string[] => {
  return elements(host)
    .filter((element) => {
      if (element.matches('.unseen, input') || element.closest('[title], .unseen') !== null) return false
      const { overflowX } = getComputedStyle(element)
      return /hidden|clip/.test(overflowX) && element.scrollWidth > element.clientWidth + 1
    })
    .map(({ className, textContent }) => `${className}: ${textContent?.slice(0, 40)}`)
}

/** Neighbours that lie over each other. */
const overlaps = (host: HTMLElement): readonly string[] => {
  return [...host.querySelectorAll('.row, .bar, .query-bar, p.tally, .choices, .details header, .standing')].flatMap(
    (row) => {
      const parts = [...row.children].filter((part) => !part.matches('.unseen, svg, .lane-lines, .label, .length'))
      const boxes = parts
        .map((part) => part.getBoundingClientRect())
        .filter(({ width, height }) => width > 0 && height > 0)
      return boxes.flatMap((one, place) =>
        boxes.slice(place + 1).some((other) => {
          const across = Math.min(one.right, other.right) - Math.max(one.left, other.left)
          const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
          // Neighbours in a group share a border.
          return across > 1.5 && down > 1.5
        })
          ? [`${row.className}: ${row.textContent?.slice(0, 60)}`]
          : [],
      )
    },
  )
}

describe.each([300, 368])('%i pixels wide, with names without end, markup, and letters from right to left', (width) => {
  test.each(panels.map(({ id }) => id))('nothing of %s is cut off for good or lies over its neighbour', async (id) => {
    const { session, actor } = tellHostile()
    const { host, store } = mount(id, session, actor, width)
    const kind = id === 'messages' ? 'frame' : 'event'
    const entry = session.entries('hostile').filter((one) => one.kind === kind)[2]
    act(() => store.goTo(entry?.t ?? 0, entry?.seq))
    const row = host.querySelector('[aria-selected=true]')
    if (row !== null) {
      await click(row)
      await expect.poll(() => textsOf(host, '.details h3')).toHaveLength(1)
    }
    await picture(host, `hostile-${id}-${width}`)
    expect(overlaps(host)).toEqual([])
    expect(cutOff(host)).toEqual([])
    expect(host.scrollWidth).toBeLessThanOrEqual(width)
  })
})

describe('a context that was too long to be told', () => {
  test('is shown as far as it goes, and says so', async () => {
    const { session, actor } = tellHostile()
    const { host } = mount('context', session, actor)
    await expect
      .poll(() => textsOf(host, '.note'))
      .toEqual(['This is its beginning: it was too long to be told as a whole.'])
    expect(host.querySelector('pre')?.textContent?.length).toBeGreaterThan(10_000)
  })
})
