/**
 * What reaches a hub or another page, over real sockets and channels.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it, onTestFinished, vi } from 'vitest'
import { assign, createActor, createMachine, setup } from 'xstate'
import {
  type AppEnvelope,
  attachInspector,
  broadcastLink,
  type InspectorLink,
  postMessageLink,
  webSocketLink,
} from '../../../inspector/attach/index.ts'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { type HubStandIn, openHub } from './hub-stand-in.ts'
import { inspected } from './inspected.ts'

const toggle = createMachine({
  id: 'toggle',
  initial: 'off',
  states: { off: { on: { flip: 'on' } }, on: { on: { flip: 'off' } } },
})

function attachToggle(link: InspectorLink | undefined) {
  const actor = createActor(toggle).start()
  const detach = attachInspector(actor, { link, name: 'toggles' })
  onTestFinished(detach)
  if (link !== undefined) onTestFinished(() => link.close())
  return { actor, detach }
}

function kindsAt(hub: HubStandIn): string[] {
  return hub.batches.flat().map(({ kind }) => kind)
}

it('begins with hello, keeps the beginning of an app for the hub, and sends what happens within a moment together', async () => {
  const hub = await openHub()
  const { actor } = attachToggle(webSocketLink({ url: hub.url, token: 'a b' }))
  actor.send({ type: 'flip' })
  await expect.poll(() => kindsAt(hub)).toEqual(['hello', 'definition', 'actor', 'event', 'step'])
  expect(hub.batches[0]).toMatchObject([{ kind: 'hello', name: 'toggles', runtime: 'node', protocol: 1 }])
  expect(hub.targets).toEqual(['/app?token=a+b'])
  for (let count = 0; count < 50; count++) actor.send({ type: 'flip' })
  await expect.poll(() => kindsAt(hub).length).toBe(105)
  expect(hub.batches.length).toBeLessThan(10)
})

it('falls silent when nobody looks, and tells everything when somebody does', async () => {
  const hub = await openHub()
  const link = webSocketLink({ url: hub.url })
  const { actor } = attachToggle(link)
  await expect.poll(() => kindsAt(hub)).toContain('actor')
  hub.say({ kind: 'watched', by: 0 })
  await expect.poll(() => link.watched).toBe(false)
  hub.batches.length = 0
  actor.send({ type: 'flip' })
  hub.say({ kind: 'watched', by: 2 })
  await expect.poll(() => kindsAt(hub)).toEqual(['definition', 'actor'])
  expect(hub.batches.flat().at(-1)).toMatchObject({ value: 'on' })
})

it('answers what viewers ask through the hub, and takes no harm from anything else', async () => {
  const hub = await openHub()
  const { actor } = attachToggle(webSocketLink({ url: hub.url }))
  actor.send({ type: 'flip', password: 'hunter2' } as never)
  await expect.poll(() => kindsAt(hub)).toContain('step')
  const event = hub.batches.flat().find((message) => message.kind === 'event')
  for (const said of ['no json', '[', null, 7, [], { kind: 'payload', seq: 'x' }, { kind: 'want' }, { kind: 'send' }]) {
    hub.say(said)
  }
  hub.say({ kind: 'payload', seq: event?.seq })
  await expect
    .poll(() => hub.batches.flat().at(-1))
    .toEqual({
      kind: 'payload',
      seq: event?.seq,
      text: '{"type":"flip","password":"•••• ≤8"}',
    })
  expect(hub.open).toBe(1)
})

it('connects again after a cut, says hello again, and tells everything to who looks', async () => {
  const hub = await openHub()
  attachToggle(webSocketLink({ url: hub.url }))
  await expect.poll(() => kindsAt(hub)).toContain('actor')
  hub.batches.length = 0
  hub.cut()
  await expect.poll(() => kindsAt(hub)).toEqual(['hello'])
  hub.say({ kind: 'watched', by: 1 })
  await expect.poll(() => kindsAt(hub)).toEqual(['hello', 'definition', 'actor'])
})

it('finds a hub that is started after the app', async () => {
  const before = await openHub()
  await before.stop()
  const { actor } = attachToggle(webSocketLink({ url: before.url }))
  const hub = await openHub(before.port)
  await expect.poll(() => kindsAt(hub)).toEqual(['hello'])
  actor.send({ type: 'flip' })
  hub.say({ kind: 'watched', by: 1 })
  await expect.poll(() => hub.batches.flat().at(-1)).toMatchObject({ kind: 'actor', value: 'on' })
})

it('uses the platform’s own socket in a page', async () => {
  vi.stubGlobal('document', { title: 'a page' })
  onTestFinished(() => void vi.unstubAllGlobals())
  const opened = vi.spyOn(globalThis, 'WebSocket')
  onTestFinished(() => opened.mockRestore())
  const hub = await openHub()
  const link = webSocketLink({ url: hub.url })
  attachToggle(link)
  await expect.poll(() => kindsAt(hub)).toContain('actor')
  expect(opened).toHaveBeenCalledTimes(1)
  expect(hub.batches[0]).toMatchObject([{ kind: 'hello', runtime: 'browser' }])
  hub.say({ kind: 'watched', by: 0 })
  await expect.poll(() => link.watched).toBe(false)
})

it('bounds what waits for a hub that does not answer', async () => {
  const hub = await openHub()
  const link = webSocketLink({ url: hub.url })
  const { actor } = attachToggle(link)
  for (let count = 0; count < 3_500; count++) actor.send({ type: 'flip' })
  await expect.poll(() => kindsAt(hub)).toContain('dropped')
  const told = kindsAt(hub)
  const dropped = hub.batches.flat().find((message) => message.kind === 'dropped')
  expect(told.length).toBe(1 + 4_000 + 1)
  expect(dropped?.count).toBe(2 + 7_000 - 4_000)
})

it('refuses an address that is none', () => {
  expect(() => webSocketLink({ url: 'nowhere' })).toThrow('must be a URL')
  expect(() => webSocketLink({ url: 'http://127.0.0.1/' })).toThrow('ws: or wss:')
  expect(() => postMessageLink({ postMessage: () => {} }, '*')).toThrow('exact origin')
})

it('takes the hub of its environment where no link is given, and closes it with the last actor', async () => {
  const hub = await openHub()
  vi.stubEnv('STATEWIRE_INSPECT', `${hub.url}?token=abc`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const one = attachToggle(undefined)
  const other = attachToggle(undefined)
  await expect.poll(() => kindsAt(hub).filter((kind) => kind === 'actor')).toHaveLength(2)
  expect([hub.targets, hub.open]).toEqual([['/app?token=abc'], 1])
  one.detach()
  other.detach()
  await expect.poll(() => hub.open).toBe(0)
})

it('does nothing where nobody said where to, or the address is none', () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  for (const address of ['', 'nonsense']) {
    vi.stubEnv('STATEWIRE_INSPECT', address)
    expect(() => attachToggle(undefined).detach()).not.toThrow()
  }
})

it.each(['connected', 'refused'])('keeps no process alive: %s', async (how) => {
  const hub = await openHub()
  if (how === 'refused') await hub.stop()
  const script = fileURLToPath(new URL('./short-app.ts', import.meta.url))
  const child = spawn(process.execPath, [script, how], {
    env: { ...process.env, STATEWIRE_INSPECT: hub.url },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  const exit = new Promise((resolve) => child.once('exit', resolve))
  if (how === 'connected') {
    await expect.poll(() => kindsAt(hub)).toContain('actor')
    hub.say({ kind: 'sync' })
  }
  expect(await exit).toBe(0)
})

it('tells pages of the same origin over a channel, for as long as one looks', async () => {
  const name = crypto.randomUUID()
  const page = new BroadcastChannel(name)
  onTestFinished(() => page.close())
  const heard: AppEnvelope[] = []
  page.onmessage = ({ data }) => void heard.push(data)
  const link = broadcastLink(name)
  const { actor } = attachToggle(link)
  const kinds = (): string[] => heard.flatMap(({ messages }) => messages.map(({ kind }) => kind))
  await expect.poll(kinds).toEqual(['hello'])
  page.postMessage({ statewire: 'viewer', viewer: 'a', looks: true })
  await expect.poll(kinds).toEqual(['hello', 'hello', 'definition', 'actor'])
  const app = heard[0]?.app
  page.postMessage('anything')
  page.postMessage({ statewire: 'viewer', viewer: 'a', app: 'another', asked: { kind: 'sync' } })
  actor.send({ type: 'flip' })
  await expect.poll(() => kinds().at(-1)).toBe('step')
  const seq = heard.flatMap(({ messages }) => messages).find((message) => message.kind === 'event')?.seq
  page.postMessage({ statewire: 'viewer', viewer: 'a', app, asked: { kind: 'payload', seq } })
  await expect.poll(() => kinds().at(-1)).toBe('payload')
  page.postMessage({ statewire: 'viewer', viewer: 'a', looks: false })
  await expect.poll(() => link.watched).toBe(false)
  expect(kinds().filter((kind) => kind === 'actor')).toHaveLength(1)
})

it('never hands a planted secret to a link, whatever is asked', () => {
  const seed = Date.now() % 2 ** 31
  console.log(`seed ${seed}`)
  const secret = fc.stringMatching(/^[a-z0-9]{10,30}$/).map((rest) => `zq${rest}`)
  const keeper = setup({ types: { context: {} as { held: unknown } } }).createMachine({
    id: 'keeper',
    context: { held: null },
    on: { '*': { actions: assign({ held: ({ event }) => event }) } },
  })
  fc.assert(
    fc.property(secret, fc.constantFrom('token', 'Set-Cookie', 'x_api_key', 'authorization'), (planted, name) => {
      const url = `wss://${planted}@host/?key=${planted}`
      const actor = createActor(keeper, { id: `sse ${url}` }).start()
      const { detach, told, viewer } = inspected(actor, { name: `app at ${url}` })
      viewer.ask({ kind: 'want', contextOf: told.flatMap(actorsIn)[0] ?? '', texts: true })
      actor.send({ type: `Bearer ${planted}` })
      actor.send({ type: 'take', [name]: planted, url, error: new Error(url), list: [{ [name]: [planted] }] } as never)
      for (const message of [...told]) {
        if (message.kind === 'event') viewer.ask({ kind: 'payload', seq: message.seq })
      }
      viewer.ask({ kind: 'want', contextOf: told.flatMap(actorsIn)[0] ?? '', texts: true })
      viewer.ask({ kind: 'sync' })
      expect(told.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['payload', 'context']))
      expect(JSON.stringify(told)).not.toContain(planted)
      detach()
    }),
    { seed, numRuns: 200 },
  )
})

function actorsIn(message: AppMessage): string[] {
  return message.kind === 'actor' ? [message.actor] : []
}
