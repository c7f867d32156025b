import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Link } from '../link.ts'
import { vouched } from './durable-vouch.ts'
import { recordedRequest } from './websocket-rig.ts'

const quiet: Link = { protocol: 'quiet', read: () => new Promise(() => {}), close() {} }

/** A link whose time is moved by hand, half a heartbeat at a time. */
async function opened(heartbeatInterval: number) {
  let wake = (): void => {}
  let speak = (): void => {}
  const delay = (): Promise<void> => new Promise((resolve) => (wake = resolve))
  const request = recordedRequest({ heartbeatInterval, delay })
  const result = await vouched(async ({ heard }) => {
    speak = heard
    return { link: { ...quiet } }
  }, request)
  if ('reset' in result) throw new Error('There is a link.')
  const step = async (): Promise<void> => {
    wake()
    await turn()
  }
  return { link: result.link, request, step, speak: () => speak() }
}

test('a held poll is vouched for until its answer is overdue, and again from the next answer on', async () => {
  const { request, step, speak, link } = await opened(5_000)
  for (let count = 0; count < 30; count++) await step()
  expect(request.heardCount()).toBe(15)
  speak()
  await step()
  expect(request.heardCount()).toBe(17)
  link.close()
  await step()
  expect(request.heardCount()).toBe(17)
})

test('where no heartbeat is expected, nobody is vouched for', async () => {
  const { request, step } = await opened(Number.POSITIVE_INFINITY)
  await step()
  expect(request.heardCount()).toBe(0)
})
