import { describe, expect, test } from 'vitest'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { isRefused, openRecording, record } from '../../../inspector/session/recording.ts'
import { regressionTest } from '../../../inspector/session/regression-test.ts'
import type { Session } from '../../../inspector/session/session.ts'
import { retrying } from './machines.ts'
import { replaying } from './replays.ts'
import { app, reopened, sessionOf, telling } from './telling.ts'

function story() {
  const told = telling(retrying)
  told.clock.increment(10)
  told.actor.send({ type: 'go' })
  told.actor.send({ type: 'lost' })
  told.clock.increment(900)
  told.actor.send({ type: 'go' })
  told.actor.send({ type: 'tick' })
  told.actor.send({ type: 'retry' })
  return told
}

describe('a recording', () => {
  test('shows what the session showed, at every instant', () => {
    const told = story().session()
    told.apply({ app, messages: [{ kind: 'payload', seq: 1, text: '{"type":"go"}' }] })
    const { session, key } = reopened(record(told, app))
    expect(session.apps).toMatchObject([{ key, name: 'chat', state: 'recorded', epoch: 1_700_000_000_000, now: 910 }])
    expect(session.entries(key)).toEqual(told.entries(app))
    for (const at of [0, 9, 10, 500, 910, null]) expect(session.actors(key, at)).toEqual(told.actors(app, at))
    expect(session.bands(key, 'a1')).toEqual(told.bands(app, 'a1'))
    expect(session.machine(key, 'd1')?.id).toBe('retrying')
    expect(session.payload(key, 1)).toBe('{"type":"go"}')
  })

  test('of a long session begins with the state that was current then', () => {
    const { messages } = story()
    const more = Array.from({ length: 60_000 }, (_, index) => {
      const common = { seq: 100 + index, t: 1_000 + index, actor: 'a1' }
      const frame = { kind: 'frame', direction: 'in', what: 'message', bytes: 1, position: null, text: null } as const
      return { ...frame, ...common } satisfies AppMessage
    })
    const { session, key } = reopened(record(sessionOf(...messages, ...more), app))
    const [oldest] = session.entries(key)
    expect(session.actor(key, 'a1', oldest?.t ?? 0)?.value).toEqual({ online: { flow: 'paused', liveness: 'alive' } })
    expect(session.entries(key)).toHaveLength(20_000)
  })

  test('says what is missing from it and what was taken out', () => {
    const told = story().session()
    told.apply({ app, messages: [{ kind: 'dropped', t: 911, count: 7 }] })
    told.apply({ app, messages: [{ kind: 'payload', seq: 2, text: '{"token":"•••• ≤8"}' }] })
    expect(JSON.parse(record(told, app))).toMatchObject({ format: 'statewire recording', dropped: 7, redacted: 1 })
  })

  test('that is shown does not hear what an app tells, and can be taken away', () => {
    const { session, key } = reopened(record(story().session(), app))
    session.apply({ app: key, messages: [{ kind: 'gone', t: 2_000, actor: 'a1', status: 'stopped' }] })
    expect(session.actor(key, 'a1', null)?.status).toBe('active')
    session.forget(key)
    expect(session.apps).toEqual([])
  })

  test.each([
    ['no JSON', 'hello', 'not a recording'],
    ['no object', '[]', 'not a recording'],
    ['another file', '{"log":{}}', 'not a recording'],
    ['a later version', '{"format":"statewire recording","version":9}', 'version 9'],
    ['another protocol', '{"format":"statewire recording","version":1,"protocol":9,"messages":[]}', 'another version'],
    ['no messages', '{"format":"statewire recording","version":1,"protocol":1,"messages":{}}', 'another version'],
  ])('with %s is refused in words', (_, text, words) => {
    const opened = openRecording(text)
    expect(isRefused(opened) && opened.refused).toContain(words)
  })

  test('loses what is malformed in it, and counts that', () => {
    const given = JSON.parse(record(story().session(), app))
    given.messages.splice(2, 0, null, 7, { kind: 'step' }, { kind: 'spell', t: 1 })
    const opened = openRecording(JSON.stringify(given))
    expect(isRefused(opened) || opened.dropped).toBe(4)
  })
})

describe('a regression test', () => {
  const run = replaying()

  function exported(session: Session): string {
    const made = regressionTest(session, app, 'a1', { module: './machines.ts', name: 'retrying' })
    if (isRefused(made)) throw new Error(made.refused)
    return made.text
  }

  test('runs, passes with the machine that was recorded and fails with another', async () => {
    const text = exported(story().session())
    const same = await run(text, (source) => source)
    expect(same.output).toMatch(/1 passed/)
    const other = await run(text, (source) =>
      source.replace("lost: 'waiting', go: 'online'", "lost: 'over', go: 'online'"),
    )
    expect(other.passed).toBe(false)
    expect(other.output).toContain('after step 2, lost')
  }, 60_000)

  test('begins where the recording begins when that is in the middle', async () => {
    const { messages } = story()
    const rest = messages.filter((message) => !('t' in message) || message.t > 100)
    const introduced = {
      kind: 'actor',
      t: 50,
      actor: 'a1',
      parent: null,
      name: 'retrying',
      logic: 'machine',
      definition: 'd1',
      status: 'active',
      value: 'waiting',
      tags: [],
      waits: [],
    } as const
    const text = exported(sessionOf(...rest.slice(0, 2), introduced, ...rest.slice(2)))
    expect(text).toContain('resolveState')
    const { output } = await run(text, (source) => source)
    expect(output).toMatch(/1 passed/)
  }, 60_000)

  test('has the contents of events where they were asked for, and stays text whatever they contain', () => {
    const session = story().session()
    const hostile = '`$' + '{process.exit()}`\u2028</script>'
    session.apply({ app, messages: [{ kind: 'payload', seq: 1, text: JSON.stringify({ type: 'other', hostile }) }] })
    expect(exported(session)).toContain(`{"event":{"type":"go","hostile":${JSON.stringify(hostile)}},"value":"trying"}`)
  })

  test('is refused for what cannot be replayed', () => {
    const session = story().session()
    expect(regressionTest(session, app, 'nobody')).toEqual({ refused: 'Only a machine can be replayed.' })
    expect(regressionTest(session, app, 'a1', { name: 'x; evil()' })).toHaveProperty('refused')
    expect(regressionTest(telling(retrying).session(), app, 'a1')).toHaveProperty('refused')
  })
})
