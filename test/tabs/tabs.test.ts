import { describe, expect, it } from 'vitest'
import { stateOf } from '../../machines/connection.ts'
import { sendOver } from '../../src/connection/send-over.ts'
import { startServer } from '../../src/server/testing/rig.ts'
import { printedSeed, randomFrom } from '../natives/log.ts'
import { type OpenTab, tabRig } from './tab-rig.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
const connected = ({ actor }: OpenTab): boolean => stateOf(actor.getSnapshot()) === 'connected'

async function stage() {
  const { server, at } = await startServer()
  const stream = server.stream('log', 'application/json')
  let written = 0
  return {
    server,
    stream,
    input: { url: at('log'), via: 'sse' } as const,
    write(count: number): void {
      for (let n = 0; n < count; n++) stream.append(written++)
    },
    written: () => numbers(written),
  }
}

const soon = { timeout: 8_000, interval: 10 }

describe('tabs with the same key', () => {
  it('read one stream over one connection, each from its beginning', async () => {
    const { input, write, written } = await stage()
    const rig = tabRig()
    write(20)
    const tabs = ['a', 'b', 'c', 'd'].map((name) => rig.open(name, input))
    await expect.poll(() => tabs.every(connected), soon).toBe(true)
    write(20)
    for (const { got } of tabs) await expect.poll(() => got, soon).toEqual(written())
    expect(tabs.map(({ dials }) => dials()).sort()).toEqual([0, 0, 0, 1])
  })

  it('go on without a loss when the leader is closed, and when it crashes', async () => {
    const random = randomFrom(printedSeed('leaders go'))
    const { input, write, written } = await stage()
    const rig = tabRig()
    const tabs = numbers(6).map((n) => rig.open(`tab ${n}`, input))
    for (let left = tabs.length; left > 1; left--) {
      write(1 + Math.floor(random() * 300))
      await expect.poll(() => tabs.some((tab) => tab.dials() > 0 && connected(tab)), soon).toBe(true)
      const leader = tabs.findIndex((tab) => tab.dials() > 0)
      const [gone] = tabs.splice(leader, 1)
      if (random() < 0.5) gone?.crash()
      else gone?.actor.send({ type: 'close' })
      write(1 + Math.floor(random() * 300))
      for (const { got } of tabs) await expect.poll(() => got, soon).toEqual(written())
    }
  })

  it('take the lead from one that is frozen, which follows when it thaws', async () => {
    const { input, write, written } = await stage()
    const rig = tabRig()
    const quick = { silence: 300, patience: 200 }
    const leader = rig.open('leader', input, quick)
    await expect.poll(() => connected(leader), soon).toBe(true)
    const others = ['b', 'c'].map((name) => rig.open(name, input, quick))
    write(10)
    for (const { got } of others) await expect.poll(() => got, soon).toEqual(written())
    leader.tab.freeze()
    await expect.poll(() => others.some(({ dials }) => dials() === 1), soon).toBe(true)
    write(10)
    for (const { got } of others) await expect.poll(() => got, soon).toEqual(written())
    leader.tab.thaw()
    write(10)
    for (const { got } of [leader, ...others]) await expect.poll(() => got, soon).toEqual(written())
    expect(others.map(({ dials }) => dials()).sort()).toEqual([0, 1])
  })

  it('hand over at once when the leader is told that it will be frozen', async () => {
    const { input, write, written } = await stage()
    const rig = tabRig()
    const leader = rig.open('leader', input)
    await expect.poll(() => connected(leader), soon).toBe(true)
    const other = rig.open('other', input, { silence: 600_000 })
    await expect.poll(() => connected(other), soon).toBe(true)
    leader.tab.announceFreeze()
    leader.tab.freeze()
    await expect.poll(() => other.dials(), soon).toBe(1)
    write(5)
    await expect.poll(() => other.got, soon).toEqual(written())
    leader.tab.thaw()
    await expect.poll(() => leader.got, soon).toEqual(written())
  })

  it('read alone what the leader has no more, and share again where they meet', async () => {
    const { input, write, written } = await stage()
    const rig = tabRig()
    write(500)
    const few = { messages: 20 }
    const leader = rig.open('leader', input, few)
    await expect.poll(() => leader.got, soon).toEqual(written())
    const late = rig.open('late', input, few)
    await expect.poll(() => late.got, soon).toEqual(written())
    expect(late.dials()).toBe(1)
    await expect.poll(() => late.protocol(), soon).toBe('tabs:durable:sse')
    write(5)
    await expect.poll(() => late.got, soon).toEqual(written())
    expect([leader.dials(), late.dials()]).toEqual([1, 1])
  })

  it('do not wait for one that is paused', async () => {
    const { input, write, written } = await stage()
    const rig = tabRig()
    const few = { messages: 50 }
    const tabs = ['a', 'b', 'c'].map((name) => rig.open(name, input, few))
    await expect.poll(() => tabs.every(connected), soon).toBe(true)
    for (const slow of tabs) {
      slow.actor.send({ type: 'pause' })
      const before = slow.got.length
      write(1_000)
      for (const { got } of tabs.filter((tab) => tab !== slow))
        await expect.poll(() => got.length, soon).toBe(written().length)
      expect(slow.got.length).toBeLessThan(before + 1_000)
      slow.actor.send({ type: 'resume' })
      await expect.poll(() => slow.got, soon).toEqual(written())
    }
  })

  it('send through the leader, each record stored once, whoever dies', async () => {
    const random = randomFrom(printedSeed('senders'))
    const { input, stream } = await stage()
    const rig = tabRig()
    const tabs = numbers(4).map((n) => rig.open(`tab ${n}`, input))
    await expect.poll(() => tabs.every(connected), soon).toBe(true)
    const accepted: Promise<void>[] = []
    const lasting = tabs.filter(({ dials }) => dials() === 0)
    for (const [tab, { actor }] of lasting.entries())
      for (const n of numbers(100)) accepted.push(sendOver(actor, { tab, n }))
    const stored = Math.floor(random() * 150)
    await expect.poll(() => stream.read(0, Number.POSITIVE_INFINITY).length, soon).toBeGreaterThanOrEqual(stored)
    tabs.find(({ dials }) => dials() > 0)?.crash()
    await Promise.all(accepted)
    const log = stream.read(0, Number.POSITIVE_INFINITY).map(({ value }) => value as { tab: number; n: number })
    for (const tab of lasting.keys())
      expect(log.filter((sent) => sent.tab === tab).map(({ n }) => n)).toEqual(numbers(100))
  })
})
