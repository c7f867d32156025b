import { describe, expect, onTestFinished, test } from 'vitest'
import type { ServerContext } from '../context.ts'
import type { StreamServerOptions } from '../index.ts'
import { contextFrom } from '../options.ts'
import { eventually } from '../testing/rig.ts'
import { shapedStore } from '../testing/shaped-store.ts'
import { create } from '../writing.ts'
import { Subscriptions } from './subscriptions.ts'

function contextOf(options: Partial<StreamServerOptions>): ServerContext {
  const context = contextFrom({ allowAnonymous: true, ...options }, [])
  onTestFinished(async () => {
    context.hub.close()
    context.wheel.stop()
    await context.store.close()
  })
  return context
}

/** A connection that takes so many frames, until a test makes more room. */
class NarrowOutlet {
  room = 0
  readonly sent: string[] = []
  writable(): boolean {
    return this.room > 0
  }
  transmit(): void {}
  transmitRecords(frame: Buffer): void {
    this.room--
    this.sent.push(/"d":\["([a-z])"/.exec(frame.toString())?.[1] ?? '?')
  }
}

async function fill(context: ServerContext, path: string, records: number): Promise<void> {
  const body = JSON.stringify(path)
  await create(context, path, { contentType: 'application/json', owner: null, records: Array(records).fill(body) })
}

async function subscribe(subscriptions: Subscriptions, path: string): Promise<void> {
  await subscriptions.subscribe({ t: 'sub', id: 0, s: path, o: '-1', max: 1 })
}

describe('streams that are read over one connection', () => {
  test('take turns whenever there is room', async () => {
    const context = contextOf({})
    const outlet = new NarrowOutlet()
    const subscriptions = new Subscriptions(context, outlet, { allows: async () => true })
    for (const path of ['a', 'b', 'c']) {
      await fill(context, path, 3)
      await subscribe(subscriptions, path)
    }
    for (let drained = 1; drained <= 9; drained++) {
      outlet.room = 1
      subscriptions.resume()
      await eventually(() => outlet.sent.length === drained)
    }
    expect(outlet.sent.join('')).toBe('abcabcabc')
  })

  test('take turns as well when there is always room', async () => {
    const context = contextOf({})
    const outlet = new NarrowOutlet()
    outlet.room = Number.POSITIVE_INFINITY
    const subscriptions = new Subscriptions(context, outlet, { allows: async () => true })
    const paths = [...'abcdefgh']
    for (const path of paths) await fill(context, path, 50)
    await Promise.all(paths.map((path) => subscribe(subscriptions, path)))
    await eventually(() => outlet.sent.length === 400)
    // Whoever is last with the twentieth record has seen nobody get the thirtieth.
    const twentieth = paths.map((path) => outlet.sent.flatMap((sent, at) => (sent === path ? [at] : []))[19] ?? 0)
    const thirtieth = paths.map((path) => outlet.sent.flatMap((sent, at) => (sent === path ? [at] : []))[29] ?? 0)
    expect(Math.max(...twentieth)).toBeLessThan(Math.min(...thirtieth))
  })

  test('do not make the store work for pages that cannot be sent', async () => {
    let reads = 0
    const store = shapedStore({
      before(operation) {
        if (operation === 'read') reads++
        return undefined
      },
    })
    const context = contextOf({ store })
    const outlet = new NarrowOutlet()
    const subscriptions = new Subscriptions(context, outlet, { allows: async () => true })
    const paths = [...'abcdefghijklmnopqrstuvwxyz']
    for (const path of paths) {
      await fill(context, path, 2)
      await subscribe(subscriptions, path)
    }
    for (let drained = 1; drained <= 52; drained++) {
      outlet.room = 1
      subscriptions.resume()
      await eventually(() => outlet.sent.length === drained)
    }
    expect(outlet.sent.slice(0, 26).sort()).toEqual(paths)
    expect(reads).toBeLessThanOrEqual(52 * 4)
  })
})
