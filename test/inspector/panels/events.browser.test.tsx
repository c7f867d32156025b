import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { stateWords } from '../../../inspector/session/words.ts'
import { act } from './act.ts'
import { type Mounted, mount, plainSession, textsOf, ticks } from './rig.tsx'
import { tellStory } from './story.ts'
import { click, press, type } from './user.ts'

const rows = (host: HTMLElement) => [...host.querySelectorAll<HTMLElement>('[role=option]')]
const words = (host: HTMLElement) => textsOf(host, '[role=option] .words')
const list = ({ host }: Mounted): HTMLElement => {
  const found = host.querySelector<HTMLElement>('[role=listbox]')
  if (found === null) throw new Error('There is no list.')
  return found
}
const selected = (host: HTMLElement) => textsOf(host, '[aria-selected=true] .words')
/** What the reader sees at the top edge of the list, and how far from it. */
const topRow = (mounted: Mounted) => {
  const edge = list(mounted).getBoundingClientRect().top
  const row = rows(mounted.host).find((element) => element.getBoundingClientRect().bottom > edge + 1)
  return `${row?.querySelector('.words')?.textContent} at ${(row?.getBoundingClientRect().top ?? 0) - edge}`
}
const scrollTo = async (mounted: Mounted, top: number): Promise<void> => {
  list(mounted).scrollTop = top
  await expect.poll(() => words(mounted.host).includes(`tick ${Math.floor(top / 24) + 2}`)).toBe(true)
}

describe('a log of 50,000 entries', () => {
  test('has at most 60 rows in the document, at its end and anywhere else', async () => {
    const mounted = mount('events', plainSession(ticks(50_000)))
    await expect.poll(() => words(mounted.host).at(-1)).toBe('tick 50000')
    expect(rows(mounted.host).length).toBeGreaterThan(20)
    expect(rows(mounted.host).length).toBeLessThanOrEqual(60)
    await scrollTo(mounted, 24 * 20_000)
    expect(rows(mounted.host).length).toBeLessThanOrEqual(60)
    expect(rows(mounted.host)[0]?.getAttribute('aria-setsize')).toBe('50000')
  })

  test('follows the newest entry until somebody scrolls back, and again when asked to', async () => {
    const session = plainSession(ticks(50_000))
    const mounted = mount('events', session)
    await expect.poll(() => words(mounted.host).at(-1)).toBe('tick 50000')
    session.add(...ticks(3, 50_001))
    await expect.poll(() => words(mounted.host).at(-1)).toBe('tick 50003')
    await scrollTo(mounted, 24 * 10_000)
    await expect.poll(() => textsOf(mounted.host, '.newest')).toEqual(['Follow'])
    const before = topRow(mounted)
    session.add(...ticks(3, 50_004))
    await expect.poll(() => textsOf(mounted.host, 'p.tally')[0]).toContain('006 entries')
    expect(topRow(mounted)).toBe(before)
    await click(mounted.host.querySelector('.newest') ?? mounted.host)
    await expect.poll(() => words(mounted.host).at(-1)).toBe('tick 50006')
  })

  test('does not move under the reader when its oldest entries are let go', async () => {
    const session = plainSession(ticks(50_000))
    const mounted = mount('events', session)
    await expect.poll(() => words(mounted.host).at(-1)).toBe('tick 50000')
    await scrollTo(mounted, 24 * 10_000 + 7)
    const before = topRow(mounted)
    expect(before).toBe('tick 10001 at -7')
    session.letGo(4_000)
    await expect.poll(() => textsOf(mounted.host, 'p.tally')[0]).toContain('46')
    expect(topRow(mounted)).toBe(before)
  })

  test('neither asks where it is scrolled to nor sets it, and makes no rows, while a full log follows a flood', async () => {
    const session = plainSession(ticks(50_000))
    const mounted = mount('events', session)
    await expect.poll(() => words(mounted.host).at(-1)).toBe('tick 50000')
    const element = list(mounted)
    const accesses: string[] = []
    const { get, set } = Object.getOwnPropertyDescriptor(Element.prototype, 'scrollTop') ?? {}
    Object.defineProperty(element, 'scrollTop', {
      get() {
        accesses.push('get')
        return get?.call(element)
      },
      set(top: number) {
        accesses.push('set')
        set?.call(element, top)
      },
    })
    const kept = rows(mounted.host)
    session.add(...ticks(1_000, 50_001))
    session.letGo(1_000)
    await expect.poll(() => words(mounted.host).at(-1)).toBe('tick 51000')
    expect(accesses).toEqual([])
    expect(rows(mounted.host).every((row) => kept.includes(row))).toBe(true)
  })

  test('repaints at most 8 times a second when more than 500 entries a second are told', async () => {
    const session = plainSession(ticks(50_000))
    const { store, host } = mount('events', session)
    await expect.poll(() => words(host).at(-1)).toBe('tick 50000')
    let paints = 0
    const started = performance.now()
    const observer = new MutationObserver(() => {
      paints += 1
    })
    observer.observe(host, { childList: true, subtree: true, characterData: true })
    const elapsed = (): number => performance.now() - started
    let [told, rate] = [0, 0]
    // As many a second on a slow machine, which has fewer frames, as on a fast one.
    while (elapsed() < 1_000 || paints < 2) {
      const entries = ticks(200 + Math.max(0, Math.ceil(elapsed() * 5) - told), 50_001 + told)
      told += entries.length
      session.add(...entries)
      store.apply({ app: 'chat', messages: entries })
      await new Promise((resolve) => requestAnimationFrame(resolve))
      rate = Math.max(rate, store.rate.peek())
    }
    observer.disconnect()
    const seconds = (performance.now() - started) / 1_000
    expect(rate).toBeGreaterThan(500)
    // Before it is known that there are many, a few frames are painted.
    expect(paints / seconds).toBeLessThanOrEqual(14)
  })
})

describe('the query bar', () => {
  test('shows what matches, and how many of how many', async () => {
    const { host, store } = mount('events', plainSession(ticks(50_000)))
    act(() => {
      store.query.value = 'type:"tick 4999"'
    })
    await expect.poll(() => words(host)[0]).toBe('tick 4999')
    expect(textsOf(host, 'p.tally span')[0]).toBe('11 of 50 000 entries')
    act(() => {
      store.query.value = 'nowhere'
    })
    await expect.poll(() => textsOf(host, '.panel-empty strong')).toEqual(['Nothing matches'])
  })

  test('says what it has not understood, and ties the words to the field', async () => {
    const { host } = mount('events', plainSession(ticks(5)))
    const input = host.querySelector('input') ?? document.createElement('input')
    await type(input, 'colour:red')
    await expect.poll(() => input.getAttribute('aria-invalid')).toBe('true')
    const hint = document.getElementById(input.getAttribute('aria-describedby') ?? '')
    expect(hint?.textContent).toContain('colour')
  })

  test('leads back to the instant that is shown when it is cleared, wherever one has read meanwhile', async () => {
    const mounted = mount('events', plainSession(ticks(5_000)))
    const { host, store } = mounted
    act(() => store.goTo(4_000, 4_000))
    await expect.poll(() => selected(host)).toEqual(['tick 4000'])
    const seen = (): boolean => {
      const row = rows(host).find(({ ariaSelected }) => ariaSelected === 'true')
      const [inner, outer] = [row, list(mounted)].map((element) => element?.getBoundingClientRect())
      if (inner === undefined || outer === undefined) return false
      return inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1
    }
    const filter = (text: string) => act(() => (store.query.value = text))
    filter('nowhere')
    await expect.poll(() => words(host)).toEqual([])
    filter('')
    await expect.poll(seen).toBe(true)
    filter('type:"tick 4"')
    await expect.poll(() => textsOf(host, 'p.tally span')[0]).toContain(' of ')
    await expect.poll(seen).toBe(true)
    list(mounted).scrollTop = 0
    await expect.poll(() => words(host)[0]).toBe('tick 4')
    filter('')
    await expect.poll(seen).toBe(true)
  })

  test('keeps its text when Escape leaves it', async () => {
    const { host, store } = mount('events', plainSession(ticks(5)))
    await type(host.querySelector('input') ?? document.createElement('input'), 'tick')
    await press('{Escape}')
    expect(document.activeElement).toBe(document.body)
    expect(store.query.value).toBe('tick')
  })

  test('pauses: the page stays at the instant, and what comes later is dimmed', async () => {
    const session = plainSession(ticks(5))
    const { host, store } = mount('events', session)
    act(() => store.goTo(3))
    expect(textsOf(host, '.query-bar button')).toEqual(['Go live'])
    expect(textsOf(host, '.later .words')).toEqual(['tick 4', 'tick 5'])
    await click(host.querySelector('.query-bar button') ?? host)
    expect(store.moment.value.kind).toBe('live')
  })
})

describe('a row', () => {
  test('takes the whole page to its instant when it is clicked', async () => {
    const { host, store } = mount('events', plainSession(ticks(5)))
    await click(rows(host)[2] ?? host)
    expect(store.moment.value).toEqual({ kind: 'instant', at: 3, seq: 3 })
    await expect.poll(() => selected(host)).toEqual(['tick 3'])
  })

  test('is reached, opened and closed by keys alone', async () => {
    const mounted = mount('events', plainSession(ticks(5_000), { 4998: '{"a":1}' }))
    const { host, store } = mounted
    list(mounted).focus()
    await press('{ArrowUp}{ArrowUp}{ArrowUp}{ArrowDown}')
    await expect.poll(() => selected(host)).toEqual(['tick 4999'])
    await press('{ArrowUp}')
    const active = document.getElementById(list(mounted).getAttribute('aria-activedescendant') ?? '')
    expect(active?.querySelector('.words')?.textContent).toBe('tick 4998')
    await press('{Enter}')
    await expect.poll(() => textsOf(host, '.details h3')).toEqual(['tick 4998'])
    await press('{Home}')
    await expect.poll(() => selected(host)).toEqual(['tick 1'])
    expect(store.at.value).toBe(1)
    await press('{End}{PageUp}')
    await expect.poll(() => Number(selected(host)[0]?.split(' ')[1])).toBeLessThan(4_999)
    await press('{Escape}')
    await expect.poll(() => host.querySelector('.details')).toBeNull()
    expect(document.activeElement).toBe(list(mounted))
  })

  test('has the focus again when its details are closed from inside, and nobody else hears that Escape', async () => {
    const mounted = mount('events', plainSession(ticks(5), { 3: '{"a":1}' }))
    const { host } = mounted
    const heard: string[] = []
    const hear = ({ key }: KeyboardEvent): void => void heard.push(key)
    document.addEventListener('keydown', hear)
    onTestFinished(() => document.removeEventListener('keydown', hear))
    for (const close of ['key', 'button'] as const) {
      await click(rows(host)[2] ?? host)
      const button = await vi.waitFor(() => {
        const found = host.querySelector<HTMLElement>('[aria-label="Close details"]')
        if (found === null) throw new Error('The details are not open.')
        return found
      })
      button.focus()
      if (close === 'key') await press('{Escape}')
      else await click(button)
      await expect.poll(() => host.querySelector('.details')).toBeNull()
      expect(document.activeElement).toBe(list(mounted))
    }
    expect(heard).toEqual([])
    await press('{Escape}')
    expect(heard).toEqual(['Escape'])
  })

  test('has the colour of the phase that its step has led to', async () => {
    const { session, actor } = tellStory()
    const { host } = mount('events', session, actor)
    const state = stateWords({ reconnecting: 'waiting' })
    await expect.poll(() => words(host)).toContain(state)
    const row = rows(host).find((element) => element.querySelector('.words')?.textContent === state)
    expect(row?.dataset.phase).toBe('degraded')
  })
})

describe('the details', () => {
  test('ask the app for what an event carried, once, and show it with its redactions marked', async () => {
    const { session, actor, sent } = tellStory()
    const { host, store, asked } = mount('events', session, actor)
    const start = session.entries('chat-web')[0]
    act(() => store.goTo(start?.t ?? 0, start?.seq))
    await click(host.querySelector('[aria-selected=true]') ?? host)
    await expect.poll(() => textsOf(host, '.details .note')[0]).toContain('Asking the app')
    expect(asked.filter(({ asked: { kind } }) => kind === 'payload')).toEqual([
      { app: 'chat-web', asked: { kind: 'payload', seq: start?.seq } },
    ])
    session.apply({ app: 'chat-web', messages: [{ kind: 'payload', seq: start?.seq ?? 0, text: null }] })
    await expect.poll(() => textsOf(host, '.details .note')[0]).toContain('no longer keeps')
    act(() => store.goTo(0, sent))
    await vi.waitFor(() => expect(textsOf(host, '.details mark')).toEqual(['•••• ≤32', '•••• ≤32']))
    expect(textsOf(host, '.removed p')).toEqual(['1 value removed by the app'])
    expect(textsOf(host, '.removed dd')).toEqual(['at most 32 characters'])
  })

  test('of a step name what was left and entered, and why', async () => {
    const { session, actor } = tellStory()
    const { host, store } = mount('events', session, actor)
    const step = session.entries('chat-web').find((entry) => entry.kind === 'step' && entry.tags.includes('degraded'))
    act(() => store.goTo(step?.t ?? 0, step?.seq))
    await click(host.querySelector('[aria-selected=true]') ?? host)
    await expect.poll(() => textsOf(host, '.difference .was')).toHaveLength(2)
    expect(textsOf(host, '.difference .now')).toEqual(['entered + reconnecting.waiting'])
    expect(textsOf(host, '.facts dd')).toContain('link.lost')
    expect(textsOf(host, '.facts dt')).toContain('inferred')
  })
})
