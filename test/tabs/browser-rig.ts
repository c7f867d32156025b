/**
 * Real tabs on one stream of a real server, which counts who reads.
 *
 * @module
 */
import type { CDPSession, Page } from 'playwright'
import { expect, onTestFinished } from 'vitest'
import { mountServer } from '../../src/server/testing/rig.ts'
import type { RigStream } from '../../src/server/testing/rig-stream.ts'
import { startTabbed, type TabbedEngine } from '../outbox/browsers.ts'
import type { Seen } from './page/seen.ts'
import { servePage, tabScript } from './page-server.ts'

/** So many records go to the stream before others have a turn. */
const BURST = 20

export interface BrowserTab {
  readonly page: Page
  seen(): Promise<Seen>
  /** Does not wait for the answers. */
  send(tab: string, count: number): Promise<void>
}

export interface BrowserStage {
  readonly stream: RigStream
  open(): Promise<BrowserTab>
  /** Opens so many, and resolves when all of them are connected. */
  openAll(count: number): Promise<BrowserTab[]>
  /** Appends so many numbers, the next in order, while other things happen. */
  write(count: number): Promise<void>
  written(): number[]
  /** How many read the stream live at this moment, as the server sees it. */
  readers(): number
}

export interface TabbedEngineRig {
  /** Tabs doubt each other after so many milliseconds, and wait as long for an answer. Default 400. */
  stage(via: 'sse' | 'websocket', silence?: number): Promise<BrowserStage>
  kill(page: Page): Promise<void>
  close(): Promise<void>
}

export const soon = { timeout: 8_000, interval: 20 }

export async function startEngineWithTabs(name: TabbedEngine): Promise<TabbedEngineRig> {
  const [browser, script] = await Promise.all([startTabbed(name), tabScript()])
  return {
    kill: (page) => browser.kill(page),
    close: () => browser.close(),
    async stage(via, silence = 400) {
      const origin = await servePage(script)
      const { server, url, responses, sockets } = await mountServer({ origins: [origin] })
      const stream = server.stream('log', 'application/json')
      const page = `${origin}/?${new URLSearchParams({ url: `${url}/v1/stream/log`, via, silence: `${silence}` })}`
      let next = 0
      const open = async (): Promise<BrowserTab> => {
        const opened = await browser.open(page)
        onTestFinished(() => opened.close().catch(() => {}))
        return {
          page: opened,
          seen: () => opened.evaluate<Seen>('seen()'),
          send: (tab, count) => opened.evaluate(`sendRecords(${JSON.stringify(tab)}, ${count})`),
        }
      }
      return {
        stream,
        open,
        async openAll(count) {
          const tabs = await Promise.all(Array.from({ length: count }, open))
          for (const tab of tabs) await expect.poll(async () => (await tab.seen()).state, soon).toBe('connected')
          return tabs
        },
        async write(count) {
          for (let n = 1; n <= count; n++) {
            stream.append(next++)
            if (n % BURST === 0) await new Promise(setImmediate)
          }
        },
        written: () => Array.from({ length: next }, (_, n) => n),
        readers: () =>
          responses.filter(({ req, closed }) => !closed && req.url?.includes('live=sse')).length +
          sockets.filter(({ destroyed }) => !destroyed).length,
      }
    },
  }
}

/** Each has been given everything in order, and nothing twice. */
export async function expectAll(tabs: readonly BrowserTab[], written: readonly number[]): Promise<void> {
  for (const tab of tabs) {
    await expect.poll(async () => (await tab.seen()).got.length, soon).toBeGreaterThanOrEqual(written.length)
    expect((await tab.seen()).got).toEqual(written)
  }
}

/** The tab that leads, and the others. */
export async function roles(tabs: readonly BrowserTab[]): Promise<{ leader: BrowserTab; others: BrowserTab[] }> {
  const all = await Promise.all(tabs.map(async (tab) => ({ tab, ...(await tab.seen()) })))
  const leading = all.filter(({ state, protocol }) => state === 'connected' && !protocol.startsWith('tabs:'))
  const [leader] = leading
  if (leader === undefined || leading.length > 1) throw new Error(`${leading.length} of ${tabs.length} tabs lead.`)
  return { leader: leader.tab, others: tabs.filter((tab) => tab !== leader.tab) }
}

/** The debugging protocol of a tab; Chromium only. */
export function debuggerOf({ page }: BrowserTab): Promise<CDPSession> {
  return page.context().newCDPSession(page)
}
