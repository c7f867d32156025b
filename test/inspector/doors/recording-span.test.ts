import { describe, expect, test } from 'vitest'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { isRefused, openRecording, type Recording, record } from '../../../inspector/session/recording.ts'
import { createSession, type Session } from '../../../inspector/session/session.ts'
import { tellStory } from '../panels/story.ts'

const app = 'chat-web'
/** Connected, and before the link is lost. */
const span = { from: 1_300, to: 2_000 }

function opened(session: Session): { readonly recording: Recording; readonly session: Session; readonly key: string } {
  const recording = openRecording(record(session, app, span))
  if (isRefused(recording)) throw new Error(recording.refused)
  const reader = createSession()
  return { recording, session: reader, key: reader.open(recording) }
}

describe('a recording of some time', () => {
  test('has what was told in it, and nothing of before or after', () => {
    const { session } = tellStory()
    const told = opened(session)
    const within = session.entries(app).filter(({ t }) => t > span.from && t <= span.to)
    expect(within.length).toBeGreaterThan(5)
    expect(told.session.entries(told.key)).toEqual(within)
    expect(told.recording).toMatchObject({ app: 'chat-web', span, dropped: 0 })
  })

  test('begins with how everything was then', () => {
    const { session, actor } = tellStory()
    const told = opened(session)
    for (const at of [span.from, 1_600, span.to]) {
      expect(told.session.actor(told.key, actor, at)).toEqual(session.actor(app, actor, at))
    }
    const { definition } = told.session.actor(told.key, actor, null) ?? {}
    expect(told.session.machine(told.key, definition ?? '')?.id).toBe('connection')
  })

  test('says which fields were taken out by their names, and only of what is in it', () => {
    const { session, sent } = tellStory()
    const text: AppMessage = { kind: 'payload', seq: sent, text: '{"api-key":"•••• ≤32","cookie":"••••","a":1}' }
    session.apply({ app, messages: [text] })
    expect(opened(session).recording).toMatchObject({ redacted: 0, removed: [] })
    const all = openRecording(record(session, app))
    expect(isRefused(all) || all.removed).toEqual(expect.arrayContaining(['api-key', 'cookie']))
  })

  test('counts what the app has left out in it', () => {
    const { session } = tellStory()
    const left = (t: number, count: number): AppMessage => ({ kind: 'dropped', t, count })
    session.apply({ app, messages: [left(1_500, 7), left(9_000, 11)] })
    expect(opened(session).recording.dropped).toBe(7)
  })

  test.each([{}, { from: 5, to: 1 }, { from: 'now', to: null }, null])(
    'that calls itself %j long is as long as what it tells',
    (given) => {
      const file: Recording = JSON.parse(record(tellStory().session, app))
      const read = openRecording(JSON.stringify({ ...file, span: given }))
      expect(isRefused(read) || read.span).toEqual(file.span)
    },
  )
})
