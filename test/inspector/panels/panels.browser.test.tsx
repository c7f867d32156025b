import axe from 'axe-core'
import { describe, expect, test } from 'vitest'
import { panels } from '../../../inspector/page/panels/index.ts'
import { type AppMessage, INSPECTOR_PROTOCOL } from '../../../inspector/protocol/messages.ts'
import { createSession } from '../../../inspector/session/session.ts'
import { act } from './act.ts'
import { mount, plainSession, textsOf } from './rig.tsx'
import { secret, tellStory } from './story.ts'
import { click, picture, press } from './user.ts'

const button = (host: HTMLElement, words: string): HTMLElement => {
  const found = [...host.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === words)
  if (found === undefined) throw new Error(`There is no button ${words}.`)
  return found
}

describe.each(['dark', 'light'] as const)('in the %s theme', (theme) => {
  test.each(panels.map(({ id }) => id))('axe finds nothing wrong with %s, and it is worth a look', async (id) => {
    document.documentElement.dataset.theme = theme
    const { session, actor } = tellStory()
    const { host, store } = mount(id, session, actor)
    const entry = session.entries('chat-web').find(({ kind }) => kind === 'step')
    if (id === 'events') {
      act(() => store.goTo(entry?.t ?? 0, session.entries('chat-web').at(-6)?.seq))
      await click(host.querySelector('[aria-selected=true]') ?? host)
    }
    await expect.poll(() => host.querySelector('.panel')).not.toBeNull()
    await Promise.all(document.getAnimations().map(({ finished }) => finished))
    const { violations } = await axe.run(host, { rules: { region: { enabled: false } } })
    expect(violations.map((violation) => [violation.id, violation.nodes.map(({ html }) => html)])).toEqual([])
    await picture(host, `${id}-${theme}`)
  })

  test('axe finds nothing wrong with the AI view, and it is worth a look', async () => {
    document.documentElement.dataset.theme = theme
    const { session, actor } = tellStory()
    const { host } = mount('messages', session, actor)
    await click(button(host, 'AI view'))
    await expect.poll(() => textsOf(host, '.part h4')).toContain('Answer')
    const { violations } = await axe.run(host, { rules: { region: { enabled: false } } })
    expect(violations.map((violation) => [violation.id, violation.nodes.map(({ html }) => html)])).toEqual([])
    await picture(host, `answer-${theme}`)
  })
})

describe('markup in what an app tells', () => {
  const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>'

  test.each(panels.map(({ id }) => id))('is text in %s', async (id) => {
    const { session, actor } = tellStory()
    const { host, store } = mount(id, session, actor)
    session.apply({
      app: 'chat-web',
      messages: [
        { kind: 'event', seq: 9_000, t: 9_000, actor, source: null, type: markup },
        { kind: 'payload', seq: 9_000, text: markup },
        { kind: 'context', t: 9_000, actor, text: JSON.stringify({ [markup]: markup, list: [markup] }) },
        {
          kind: 'frame',
          seq: 9_001,
          t: 9_001,
          actor,
          direction: 'in',
          what: 'message',
          bytes: 9,
          position: markup,
          text: markup,
        },
      ],
    })
    act(() => store.goTo(9_000, 9_000))
    await expect.poll(() => host.querySelector('.panel')).not.toBeNull()
    const row = host.querySelector('[aria-selected=true]')
    if (row !== null) await click(row)
    if (!['health', 'coverage'].includes(id)) await expect.poll(() => host.textContent).toContain('<img')
    expect(host.querySelectorAll('img, script')).toHaveLength(0)
  })
})

describe('the sequence', () => {
  test('folds bursts, and no label is cut off or leaves the diagram', async () => {
    const { session, actor } = tellStory()
    const { host } = mount('sequence', session, actor)
    await expect.poll(() => textsOf(host, '.arrow .label').join()).toMatch(/×\d/)
    for (const label of host.querySelectorAll<HTMLElement>('.arrow .label')) {
      expect(label.scrollWidth, label.textContent ?? '').toBeLessThanOrEqual(label.clientWidth)
      const [inner, outer] = [label.getBoundingClientRect(), label.parentElement?.getBoundingClientRect()]
      expect(inner.left).toBeGreaterThanOrEqual(outer?.left ?? 0)
      expect(inner.right).toBeLessThanOrEqual(outer?.right ?? 0)
    }
    expect(host.querySelectorAll('[role=option]').length).toBeLessThanOrEqual(60)
  })

  test('draws what is sent and the frame that carries it as one arrow to the wire', async () => {
    const { session, actor } = tellStory()
    const { host } = mount('sequence', session, actor)
    await expect.poll(() => textsOf(host, '.arrow .label').filter((words) => words === 'send')).toHaveLength(1)
    expect(textsOf(host, '.arrow .unseen')).toContain('user, from app to socket')
  })

  test('takes the page to the instant of an arrow', async () => {
    const { session, actor } = tellStory()
    const { host, store } = mount('sequence', session, actor)
    await expect.poll(() => host.querySelectorAll('[role=option]').length).toBeGreaterThan(4)
    await click(host.querySelectorAll('[role=option]')[1] ?? host)
    await expect.poll(() => host.querySelectorAll('[aria-selected=true]').length).toBe(1)
    expect(store.moment.value.kind).toBe('instant')
    await expect.poll(() => textsOf(host, '.details h3')).toHaveLength(1)
  })

  test('has a drawer of its own width, which Escape closes', async () => {
    const { session, actor } = tellStory()
    const { host } = mount('sequence', session, actor)
    await click(button(host, 'Wide'))
    expect(host.querySelector('.sequence')?.classList.contains('wide')).toBe(true)
    await press('{Escape}')
    await expect.poll(() => host.querySelector('.sequence')?.classList.contains('wide')).toBe(false)
  })
})

describe('the messages', () => {
  test('that go out have an arrow and a word of their own', async () => {
    const { session, actor } = tellStory()
    const { host } = mount('messages', session, actor)
    await expect.poll(() => textsOf(host, '.frame.out .sign')).toEqual(['sent'])
    expect(host.querySelector('.frame.out .icon')?.classList.contains('out')).toBe(true)
    expect(textsOf(host, '.frame.out .about')[0]).toBe('58 Blost with its link')
  })

  test('that go out say in the row and below it what became of them, at the instant that is shown', async () => {
    const { session, actor } = tellStory()
    const { host, store } = mount('messages', session, actor)
    const t = (session.entries('chat-web').at(-1)?.t ?? 0) + 10
    const text = '{}'
    const sent = (seq: number): AppMessage => {
      return { kind: 'frame', seq, t, actor, direction: 'out', what: 'send', bytes: 2, position: null, text }
    }
    const settled = (seq: number, failure: 'send_failed' | null): AppMessage => {
      return { kind: 'settled', t: t + 12, actor, seq, failure }
    }
    const messages = [sent(9_001), sent(9_002), sent(9_003), settled(9_001, null), settled(9_002, 'send_failed')]
    session.apply({ app: 'chat-web', messages })
    const fates = () => textsOf(host, '.row .fate').slice(-3)
    await expect.poll(fates).toEqual(['acknowledged after 12 ms', 'not sent: send_failed', 'waiting'])
    act(() => store.goTo(t, 9_003))
    await expect.poll(fates).toEqual(['waiting', 'waiting', 'waiting'])
    await click(host.querySelector('[aria-selected=true]') ?? host)
    await expect.poll(() => textsOf(host, '.details .fate')).toEqual(['waiting'])
  })

  test('are frames with their text, gap, size and position', async () => {
    const { session, actor } = tellStory()
    const { host } = mount('messages', session, actor)
    await expect.poll(() => textsOf(host, '.frame .about').at(-1)).toMatch(/^message\+35 ms\d+ Bposition 18$/)
    expect(textsOf(host, '.frame .stalled')).toEqual(['+455 ms', '+0.6 s'])
  })

  test('joined are an answer, with its first token and where it stood still', async () => {
    const { session, actor } = tellStory()
    const { host, store } = mount('messages', session, actor)
    await click(button(host, 'AI view'))
    await expect.poll(() => textsOf(host, '.part.content pre')[0]).toMatch(/^A statechart says .* the point of it\.$/)
    expect(textsOf(host, '.measures dd').slice(0, 2)).toEqual(['455 ms', '1'])
    await click(host.querySelector('.stalls button') ?? host)
    expect(store.at.value).not.toBeNull()
    await expect.poll(() => textsOf(host, '.part.content pre')[0]).toBe('A statechart says what may happen next.')
  })
})

describe('the AI view', () => {
  test('counts the wait for the first token from where the connection opened when nothing was asked on it', async () => {
    const session = createSession()
    const actor = {
      kind: 'actor',
      actor: 'a',
      parent: null,
      name: 'chat-1',
      logic: 'machine',
      definition: null,
    } as const
    const step = { kind: 'step', actor: 'a', because: 0, taken: null, status: 'active' } as const
    session.apply({
      app: 'chat-web',
      messages: [
        { kind: 'hello', protocol: INSPECTOR_PROTOCOL, name: 'chat-web', runtime: 'browser', epoch: 0 },
        { ...actor, t: 0, status: 'active', value: 'idle', tags: [], waits: [] },
        { ...step, seq: 1, t: 1_000, value: 'connecting', tags: ['pending'] },
        { ...step, seq: 2, t: 1_100, value: 'open', tags: ['online'] },
        { ...step, seq: 3, t: 1_200, value: 'ready', tags: ['online'] },
        {
          ...{
            kind: 'frame',
            seq: 4,
            t: 1_400,
            actor: 'a',
            direction: 'in',
            what: 'message',
            bytes: 5,
            position: null,
          },
          text: 'hello',
        },
      ],
    })
    const { host } = mount('messages', session, 'a')
    await click(button(host, 'AI view'))
    await expect.poll(() => textsOf(host, '.measures dd')[0]).toBe('300 ms')
    expect(host.querySelector<HTMLElement>('.measures dd')?.title).toBe('since the connection opened')
  })
})

describe('the context', () => {
  test('is asked for while it is looked at, and no longer', async () => {
    const { session, actor } = tellStory()
    const { host, asked, store } = mount('context', session, actor)
    await expect.poll(() => asked.at(-1)?.asked).toEqual({ kind: 'want', contextOf: actor, texts: true })
    act(() => store.select('chat-web', null))
    await expect.poll(() => asked.at(-1)?.asked).toEqual({ kind: 'want', contextOf: null, texts: true })
    expect(textsOf(host, '.panel-empty strong')).toEqual(['No actor selected'])
  })

  test('marks what has changed, and what is around it', async () => {
    const { session, actor } = tellStory()
    const { host } = mount('context', session, actor)
    await expect.poll(() => textsOf(host, '.name')).toContain('tries')
    expect(textsOf(host, '.changed')).toEqual([])
    const text = secret.replace('[1,2,3]', '[1,2,4]')
    session.apply({ app: 'chat-web', messages: [{ kind: 'context', t: 9_000, actor, text }] })
    await expect.poll(() => textsOf(host, 'summary:has(.changed) .name')).toEqual(['tries'])
    act(() => host.querySelector<HTMLElement>('summary:has(.changed)')?.click())
    await expect.poll(() => textsOf(host, 'li:not(:has(li)):has(.changed)')).toEqual(['2was 3 4'])
  })
})

describe('health', () => {
  test('gives the figures, the failure, one line that explains and where to look', async () => {
    const { session, actor } = tellStory()
    const { host } = mount('health', session, actor)
    await expect.poll(() => textsOf(host, '.measures dd')).toEqual(['1 204', '3', '2', '2', '320 ms', '18'])
    expect(textsOf(host, '.failure')[0]).toContain('network')
    expect(textsOf(host, '.explanation')[0]).not.toBe('')
    expect(host.querySelectorAll('.findings li').length).toBeGreaterThan(0)
  })

  test('says so where an actor has no figures', async () => {
    const { host } = mount('health', plainSession([]), 'a')
    await expect.poll(() => textsOf(host, '.note')[0]).toContain('connections alone')
  })
})

describe('coverage', () => {
  test('lists what was never tried, and puts heat on the chart when asked to', async () => {
    const { session, actor } = tellStory()
    const { host, store } = mount('coverage', session, actor)
    await expect.poll(() => textsOf(host, 'h3').length).toBeGreaterThan(2)
    expect(textsOf(host, '.never .words').join()).toContain('closed')
    const heat = host.querySelector('[role=switch]') ?? host
    await click(heat)
    expect(store.heat.value).toBe(true)
    await expect.poll(() => heat.getAttribute('aria-checked')).toBe('true')
  })
})
