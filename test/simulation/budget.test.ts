import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPool } from '../../src/connection/pool.ts'
import { type Attempt, cut, failure, simulate, unauthorized } from './scripted.ts'
import { TimeLine } from './time-line.ts'

const minutes = 10
const seed = Date.now() % 2 ** 31

/** What a server can do to an attempt. Each returns what it cost besides the dial: redirects followed, polls repeated. */
const behaviours = {
  'fails at once': (attempt: Attempt) => attempt.refuse(failure('network')),
  'is busy': (attempt: Attempt) => attempt.refuse(failure('http_status', { status: 503 })),
  'is busy for a while': (attempt: Attempt) =>
    attempt.refuse(failure('http_status', { status: 503, retryAfterMs: 1_500 })),
  'wants another token': (attempt: Attempt) => attempt.refuse(unauthorized),
  'opens and dies': (attempt: Attempt) => queueMicrotask(() => dieSoon(attempt)),
  'says one word and dies': (attempt: Attempt) => {
    const link = attempt.open()
    setImmediate(() => {
      link.deliver('word', 'p')
      link.lose(cut)
    })
  },
  'sends away as planned': (attempt: Attempt) => {
    const link = attempt.open()
    setImmediate(() => link.lose(failure('closed_by_server', { closeCode: 4_300 })))
  },
  hangs: () => {},
} as const

function dieSoon(attempt: Attempt): void {
  const link = attempt.open('wait')
  setImmediate(() => link.lose(cut))
}

type Behaviour = keyof typeof behaviours

const scripts = fc.array(fc.constantFrom(...(Object.keys(behaviours) as Behaviour[])), { minLength: 1, maxLength: 6 })

/** The server: plays its script over and over, with some redirects before each answer, and writes down each request. */
function scriptedServer(script: readonly Behaviour[], redirects: number, time: TimeLine) {
  const requests: number[] = []
  let turn = 0
  return {
    requests,
    answer(attempt: Attempt): void {
      requests.push(time.now())
      for (let redirect = 0; redirect < redirects; redirect++) {
        if (attempt.request.spend() > 0) {
          attempt.refuse(failure('budget_spent'))
          return
        }
        requests.push(time.now())
      }
      behaviours[script[turn++ % script.length] ?? 'hangs'](attempt)
    },
  }
}

/** The most in any minute that begins with a request, its end not included. */
function mostInAMinute(requests: readonly number[]): number {
  let first = 0
  return requests.reduce((most, now, index) => {
    while (now - (requests[first] ?? 0) >= 60_000) first += 1
    return Math.max(most, index - first + 1)
  }, 0)
}

test('whatever a server does, one connection sends at most 30 requests in any minute', {
  timeout: 60_000,
}, async () => {
  let most = 0
  console.log(`budget of one connection, seed ${seed}`)
  await fc.assert(
    fc.asyncProperty(scripts, fc.nat(3), fc.boolean(), async (script, redirects, impatient) => {
      const time = new TimeLine()
      const server = scriptedServer(script, redirects, time)
      const { actor } = simulate(
        // The worst draw: everybody comes back at once.
        { random: () => 0, backoff: { base: 1, cap: 1 }, authorize: async () => {}, connectTimeout: 500 },
        { time, answer: server.answer },
      )
      actor.send({ type: 'connect' })
      for (let second = 0; second < minutes * 60; second++) {
        await time.pass(1_000)
        // An app that does not take no for an answer.
        if (impatient) actor.send({ type: second % 2 === 0 ? 'retry' : 'connect' })
      }
      actor.stop()
      most = Math.max(most, mostInAMinute(server.requests))
      expect(mostInAMinute(server.requests)).toBeLessThanOrEqual(30)
    }),
    { seed, numRuns: 30, endOnFailure: true, examples: [[['fails at once'], 0, false]] },
  )
  // The bound is met, so that it is the budget that holds it.
  expect(most).toBe(30)
})

test('whatever a server does, 50 connections of a pool send it at most 120 in any minute', {
  timeout: 120_000,
}, async () => {
  let most = 0
  console.log(`budget of a pool, seed ${seed}`)
  await fc.assert(
    fc.asyncProperty(scripts, fc.nat(2), fc.boolean(), async (script, redirects, breaks) => {
      const time = new TimeLine()
      const server = scriptedServer(script, redirects, time)
      // Without a breaker the budget alone must hold them.
      const pool = createPool({ clock: time, ...(breaks ? {} : { threshold: 1_000_000 }) })
      const members = Array.from({ length: 50 }, () =>
        simulate(
          { pool, random: () => 0, backoff: { base: 1, cap: 1 }, authorize: async () => {}, connectTimeout: 500 },
          { time, answer: server.answer, url: 'https://one.example/' },
        ),
      )
      for (const { actor } of members) actor.send({ type: 'connect' })
      await time.pass(minutes * 60_000)
      for (const { actor } of members) actor.stop()
      most = Math.max(most, mostInAMinute(server.requests))
      expect(mostInAMinute(server.requests)).toBeLessThanOrEqual(120)
    }),
    { seed, numRuns: 5, endOnFailure: true, examples: [[['fails at once'], 0, false]] },
  )
  expect(most).toBe(120)
})

test('more connections than a pool may have requests are let in minute by minute', async () => {
  const time = new TimeLine()
  const pool = createPool({ clock: time })
  const server = scriptedServer(['hangs'], 0, time)
  for (let member = 0; member < 150; member++) {
    const { actor } = simulate(
      { pool, connectTimeout: 100_000 },
      { time, answer: server.answer, url: 'https://one.example/' },
    )
    actor.send({ type: 'connect' })
  }
  await time.pass(59_000)
  expect(mostInAMinute(server.requests)).toBeLessThanOrEqual(120)
})
