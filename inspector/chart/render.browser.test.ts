import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AnyStateMachine, createActor, createMachine, SimulatedClock } from 'xstate'
import { connectionMachine } from '../../machines/connection.ts'
import { tangle } from './chart-rig.ts'
import './chart.css'
import { observeChart } from './observe.ts'
import { type Chart, drawChart } from './render.ts'
import './tokens.css'

const lamp = createMachine({
  id: 'lamp',
  initial: 'off',
  states: {
    off: { tags: 'pending', on: { press: 'on', smash: 'broken' } },
    on: { tags: 'online', on: { press: 'off', smash: 'broken' }, after: { 60000: 'off' } },
    broken: { type: 'final' },
  },
})

let host: HTMLElement
let chart: Chart

beforeEach(() => {
  host = document.createElement('div')
  document.body.append(host)
})
afterEach(() => {
  chart.remove()
  host.remove()
})

function watched(machine: AnyStateMachine, options: Parameters<typeof drawChart>[2] = {}) {
  const clock = new SimulatedClock()
  const actor = createActor(machine, { clock, input: {} })
  chart = drawChart(host, machine, options)
  const stop = observeChart(actor, chart)
  actor.start()
  return { actor, clock, stop }
}

const titles = (selector: string): (string | null)[] =>
  [...host.querySelectorAll(`${selector} > .title`)].map((title) => title.textContent)
const taken = (): string[] =>
  [...host.querySelectorAll('.chip.taken title')].map((title) => title.textContent?.split(':')[0] ?? '')
const voice = (): string | null | undefined => host.querySelector('[role=status]')?.textContent

describe('a drawn chart', () => {
  test.each(['full', 'compact'] as const)('shows every state of a tangled machine, %s', (density) => {
    chart = drawChart(host, tangle, { density })
    const words = titles('.state')
    expect(words).toEqual(expect.arrayContaining(['start', 'work', 'both', 'end', 'inner']))
    expect(host.querySelectorAll('path.line')).not.toHaveLength(0)
  })

  test('lights the active states and takes the colour of their phase', () => {
    const { actor } = watched(lamp)
    expect(titles('.active')).toEqual(['off'])
    expect(chart.element.dataset.phase).toBe('pending')
    actor.send({ type: 'press' })
    expect(titles('.active')).toEqual(['on'])
    expect(chart.element.dataset.phase).toBe('online')
  })

  test('lights regions and what is in them', () => {
    const machine = connectionMachine
    chart = drawChart(host, machine, { density: 'compact' })
    chart.update({
      value: { connected: { flow: 'paused', liveness: 'alive' } },
      status: 'active',
      tags: new Set(['online']),
    })
    expect(titles('.active')).toEqual(['connected', 'paused', 'alive'])
    expect(chart.element.dataset.phase).toBe('paused')
  })

  test('flashes the transition that was taken, and only that one', async () => {
    const { actor } = watched(lamp)
    expect(taken()).toEqual([])
    actor.send({ type: 'press' })
    expect(taken()).toEqual(['press'])
    const [edge] = host.querySelectorAll('.edge.taken .dot')
    expect(edge?.getAnimations()).toHaveLength(1)
    await vi.waitFor(() => expect(taken()).toEqual([]), { timeout: 5000 })
  })

  test('makes the ways brighter that lead on from here', () => {
    const { actor } = watched(lamp)
    const next = () => [...host.querySelectorAll('.chip.next title')].map((title) => title.textContent)
    expect(next()).toEqual(['press: from off to on, on press', 'smash: from off to broken, on smash'])
    actor.send({ type: 'smash' })
    expect(next()).toEqual([])
  })

  test('fills a wait over its real length, and empties it when its state is left', () => {
    const { actor } = watched(lamp)
    actor.send({ type: 'press' })
    const fill = host.querySelector('.chip.after .fill')
    expect(fill?.getAnimations()[0]?.effect?.getTiming().duration).toBe(60_000)
    actor.send({ type: 'press' })
    expect(host.querySelector('.fill')).toBeNull()
  })

  test('shows a wait that began before the chart joined, as far as it has come', () => {
    const actor = createActor(lamp).start()
    actor.send({ type: 'press' })
    chart = drawChart(host, lamp)
    const stop = observeChart(actor, chart)
    expect(host.querySelector('.fill')?.getAnimations()[0]?.effect?.getTiming().duration).toBe(60_000)
    stop()
    actor.stop()
  })

  test('fills the pill of a state whose own edges are not drawn', () => {
    chart = drawChart(host, connectionMachine, { density: 'compact' })
    chart.update({ value: { reconnecting: 'waiting' }, status: 'active', tags: new Set(['degraded']) })
    chart.wait({ eventType: 'xstate.after.backoff.connection.reconnecting.waiting', delay: 900 })
    expect(host.querySelector('.pill.active > .fill')).not.toBeNull()
  })

  test('ignores a wait of a machine that it does not draw', () => {
    chart = drawChart(host, lamp)
    chart.wait({ eventType: 'xstate.after.backoff.stranger', delay: 900 })
    expect(host.querySelector('.fill')).toBeNull()
  })

  test('stops watching, and the actor lives on', () => {
    const { actor, stop } = watched(lamp)
    stop()
    actor.send({ type: 'press' })
    expect(titles('.active')).toEqual(['off'])
    expect(actor.getSnapshot().value).toBe('on')
  })

  test('lights its states from plain snapshots where an XState tells of no transitions', () => {
    const { actor } = watched(lamp)
    const plain = { value: 'on', status: 'active', tags: new Set(['online']) }
    chart.update(plain)
    expect([titles('.active'), taken()]).toEqual([['on'], []])
    actor.stop()
  })
})

describe('the words beside the picture', () => {
  test('are a tree of the states with the active ones marked; the picture is hidden from who hears them', () => {
    const { actor } = watched(lamp)
    actor.send({ type: 'press' })
    const items = [...host.querySelectorAll('ul[aria-label="States of lamp"] > li')].map((item) => item.textContent)
    expect(items).toEqual(['off', 'on (active)', 'broken'])
    expect(host.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true')
    expect(chart.element.getAttribute('aria-label')).toBe('Chart of lamp')
  })

  test('are spoken at most once a second, and the last ones win', async () => {
    const { actor } = watched(lamp)
    await vi.waitFor(() => expect(voice()).toBe('pending: off'))
    const heard: (string | null)[] = []
    const status = host.querySelector('[role=status]')
    const observer = new MutationObserver(() => heard.push(status?.textContent ?? null))
    if (status !== null) observer.observe(status, { childList: true })
    for (let press = 0; press < 9; press += 1) actor.send({ type: 'press' })
    await vi.waitFor(() => expect(voice()).toBe('online: on, on press'), { timeout: 3000 })
    expect(heard).toHaveLength(1)
    observer.disconnect()
  })
})

describe('the look', () => {
  test.each(['dark', 'light'] as const)('follows the theme that the page asks for: %s', (theme) => {
    document.documentElement.dataset.theme = theme
    chart = drawChart(host, lamp)
    const box = host.querySelector('.leaf .box')
    const fill = box === null ? '' : getComputedStyle(box).fill
    expect(fill).toBe(theme === 'dark' ? 'rgb(30, 34, 42)' : 'rgb(255, 255, 255)')
    delete document.documentElement.dataset.theme
  })

  test('gives every word the room it needs in the fonts of this browser', () => {
    chart = drawChart(host, connectionMachine, { density: 'compact' })
    for (const chip of host.querySelectorAll<SVGGElement>('.chip')) {
      const box = chip.querySelector('rect')
      const text = [...chip.querySelectorAll('text')].at(-1)
      const right = (text?.getBBox().x ?? 0) + (text?.getComputedTextLength() ?? 0)
      expect(right, text?.textContent ?? '').toBeLessThanOrEqual(
        Number(box?.getAttribute('x')) + Number(box?.getAttribute('width')),
      )
    }
  })
})
