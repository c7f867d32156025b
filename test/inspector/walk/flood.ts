/**
 * 10,000 events a second for half a minute, from a process through the real hub to the real page: whether the page still answers,
 * and whether anything grows that should not. By hand, as `node test/inspector/walk/flood.ts [events a second] [seconds]`: what it
 * prints depends on the machine.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type CDPSession, chromium, type Page } from 'playwright'
import { bounds } from '../../../inspector/protocol/bounds.ts'
import type { HubMessage } from '../../../inspector/protocol/messages.ts'
import { chromiumFile, chromiumFlags } from '../../engines/installed.ts'
import { inspectCommand } from './inspect-command.ts'

const [, , rate = '10000', seconds = '30'] = process.argv
const total = Number(rate) * Number(seconds)
const floodApp = fileURLToPath(new URL('./flood-app.ts', import.meta.url))

/** Between two looks at memory, in ms. */
const LOOK_EVERY = 5_000
/** Between two clicks, in ms. */
const CLICK_EVERY = 200

/** What the page was told, as its socket heard it. */
interface Told {
  /** More than one: it was cut off, and came back. */
  sockets: number
  events: number
  entries: number
  dropped: number
  seq: number
}

function hearing(page: Page): Told {
  const told: Told = { sockets: 0, events: 0, entries: 0, dropped: 0, seq: 0 }
  page.on('websocket', (socket) => {
    told.sockets += 1
    socket.on('framereceived', ({ payload }) => {
      const message = JSON.parse(String(payload)) as HubMessage
      for (const each of 'messages' in message ? message.messages : []) {
        if (each.kind === 'dropped') told.dropped += each.count
        if (each.kind === 'event') told.events += 1
        if (!('seq' in each) || each.kind === 'payload' || each.kind === 'settled') continue
        told.entries += 1
        told.seq = Math.max(told.seq, each.seq)
      }
    })
  })
  return told
}

/** From the press of the button to the picture that shows what came of it, as the browser measures it; below 16 ms it tells nothing. */
async function measureClicks(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(() => {
    const lengths: number[] = []
    Object.assign(window, { lengths })
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === 'click') lengths.push(duration)
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
  })
  return () => page.evaluate(() => Reflect.get(window, 'lengths') as number[])
}

async function memoryOf(page: Page, debugging: CDPSession, hub: number): Promise<string> {
  await debugging.send('HeapProfiler.collectGarbage')
  const { metrics } = await debugging.send('Performance.getMetrics')
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0
  const nodes = metrics.find(({ name }) => name === 'Nodes')?.value ?? 0
  const elements = await page.evaluate(() => document.querySelectorAll('*').length)
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${hub}/status`, 'utf8'))?.[1]
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`
  return `heap ${megabytes(heap)}, ${elements} elements (${nodes} nodes), hub ${megabytes(Number(resident) * 1_024)}`
}

/** Until it is the same for a while. */
async function quiet(reading: () => Promise<unknown>): Promise<void> {
  for (let last: unknown; ; ) {
    const now = await reading()
    if (now === last) return
    last = now
    await pause(LOOK_EVERY)
  }
}

function quantile(sorted: readonly number[], part: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
  return value === undefined || value < 16 ? 'below 16 ms' : `${value} ms`
}

await using command = await inspectCommand([process.execPath, floodApp, rate, seconds])
const browser = await chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] })
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const told = hearing(page)
  await page.goto(command.pageUrl)
  await page.locator('.crumb.here', { hasText: 'light' }).waitFor()
  const debugging = await page.context().newCDPSession(page)
  await debugging.send('Performance.enable')
  const slowClicks = await measureClicks(page)
  const look = async (when: string): Promise<void> =>
    console.log(`${when.padStart(6)}  ${await memoryOf(page, debugging, command.processId)}`)
  const tabs = [page.getByRole('tab', { name: 'Health' }), page.getByRole('tab', { name: 'Events' })]

  await look('before')
  command.type('go')
  const begun = performance.now()
  let clicks = 0
  let looks = 0
  while (performance.now() - begun < Number(seconds) * 1_000) {
    await tabs[clicks % tabs.length]?.click()
    clicks += 1
    await pause(CLICK_EVERY)
    if (performance.now() - begun < (looks + 1) * LOOK_EVERY) continue
    looks += 1
    await look(`${(looks * LOOK_EVERY) / 1_000} s`)
  }
  await quiet(() => Promise.resolve(told.seq + told.dropped))
  await quiet(() => page.locator('.figures').textContent())
  await look('after')

  const slow = await slowClicks()
  const answers = [...Array.from({ length: Math.max(0, clicks - slow.length) }, () => 0), ...slow].sort((a, b) => a - b)
  console.log(
    `${clicks} clicks: p50 ${quantile(answers, 0.5)}, p99 ${quantile(answers, 0.99)}, longest ${quantile(answers, 1)}`,
  )
  const figures = (await page.locator('.figures').textContent()) ?? ''
  const shown = Number(/dropped ([\d,]+)/.exec(figures)?.[1]?.replaceAll(',', '') ?? 0)
  // What the page itself lets go counts as dropped too.
  const letGo = Math.max(0, told.entries - bounds.ring)
  console.log(
    `${total} events sent, ${told.events} reached the page over ${told.sockets} socket(s); last number ${told.seq}`,
  )
  console.log(`dropped: ${shown} shown; ${told.dropped} told + ${letGo} let go = ${told.dropped + letGo}`)
} finally {
  await browser.close()
}
