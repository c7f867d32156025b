import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { mount, unmount } from 'svelte'
import { beforeEach, expect, test } from 'vitest'
import { createApp, h, ref } from 'vue'
import { type AnyActorRef, createActor, createMachine } from 'xstate'
import { InspectorPanel } from '../../../src/inspector/react.ts'
import { InspectorPanel as VuePanel } from '../../../src/inspector/vue.ts'
import Panel from './Panel.svelte'
import { watchersOf } from './watchers.ts'

const machine = createMachine({ initial: 'up', states: { up: { tags: 'online' } } })

/** An actor, and who hears of every event of its system. */
function watched(id: string): { readonly actor: AnyActorRef; readonly watchers: ReadonlySet<unknown> } {
  const actor = createActor(machine, { id }).start()
  return { actor, watchers: watchersOf(actor) }
}

const panels = () => document.querySelectorAll('statewire-inspector')
const inPanel = (selector: string) => panels()[0]?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null
const names = () =>
  [...(panels()[0]?.shadowRoot?.querySelectorAll('.tree-row.actor .tree-name') ?? [])].map(
    ({ textContent }) => textContent,
  )

beforeEach(() => localStorage.clear())

/** Opens the panel and waits until it shows these actors. */
async function open(...expected: readonly string[]): Promise<void> {
  await expect.poll(() => inPanel('.knob')?.textContent).toBe('online')
  inPanel('.knob')?.click()
  await expect.poll(names).toEqual(expected)
}

test('React, StrictMode: one panel, one attachment, and nothing left when it is unmounted while it is open', async () => {
  const [first, second] = [watched('first'), watched('second')]
  const place = document.body.appendChild(document.createElement('main'))
  const root = createRoot(place)
  const show = (...actors: readonly AnyActorRef[]) =>
    root.render(
      <StrictMode>
        {actors.map((actor) => (
          <InspectorPanel key={actor.id} actor={actor} redact={['context.secret']} />
        ))}
      </StrictMode>,
    )
  show(first.actor)
  await open('first')
  expect([panels().length, first.watchers.size]).toEqual([1, 1])
  const element = panels()[0]
  show(first.actor, second.actor)
  await expect.poll(names).toEqual(['first', 'second'])
  show(second.actor)
  await expect.poll(() => first.watchers.size).toBe(0)
  expect(panels()[0]).toBe(element)
  root.unmount()
  await expect.poll(() => panels().length).toBe(0)
  expect(second.watchers.size).toBe(0)
  expect(place.innerHTML).toBe('')
  place.remove()
})

test('React: what is unmounted before the element was loaded never shows', async () => {
  const { actor, watchers } = watched('early')
  const [place, other] = [document.createElement('main'), watched('other')]
  const root = createRoot(place)
  root.render(<InspectorPanel actor={actor} />)
  root.render(<InspectorPanel actor={other.actor} />)
  await open('other')
  expect(watchers.size).toBe(0)
  root.unmount()
  await expect.poll(() => panels().length).toBe(0)
})

test('Vue: shows the actor while mounted, and another one when there is another', async () => {
  const [first, second] = [watched('first'), watched('second')]
  const actor = ref<AnyActorRef>(first.actor)
  const place = document.body.appendChild(document.createElement('main'))
  const app = createApp({ render: () => h(VuePanel, { actor: actor.value }) })
  app.mount(place)
  await open('first')
  actor.value = second.actor
  await expect.poll(() => [first.watchers.size, second.watchers.size]).toEqual([0, 1])
  app.unmount()
  await expect.poll(() => panels().length).toBe(0)
  expect(second.watchers.size).toBe(0)
  place.remove()
})

test('Svelte: shows the actor while the component is there', async () => {
  const { actor, watchers } = watched('only')
  const component = mount(Panel, { target: document.body, props: { actor } })
  await open('only')
  expect(watchers.size).toBe(1)
  await unmount(component)
  await expect.poll(() => panels().length).toBe(0)
  expect(watchers.size).toBe(0)
})
