import { describe, expect, test } from 'vitest'
import type { AppMessage, FrameMessage } from '../../../inspector/protocol/messages.ts'
import { sequenceOf } from '../../../inspector/session/sequence.ts'
import { app, hello, sessionOf } from './telling.ts'

const connection: AppMessage = {
  kind: 'actor',
  t: 0,
  actor: 'chat',
  parent: null,
  name: 'chat',
  logic: 'machine',
  definition: null,
  status: 'active',
  value: 'connected',
  tags: [],
  waits: [],
}
const manager: AppMessage = { ...connection, actor: 'm', name: 'manager', value: 'running' }

const event = (seq: number, type: string, source: string | null = null): AppMessage => {
  return { kind: 'event', seq, t: 90, actor: 'chat', source, type }
}
const frame = (seq: number, facts: Partial<FrameMessage> = {}): AppMessage => {
  const wire = { direction: 'in', what: 'message', bytes: 5, position: null, text: 'hello' } as const
  return { kind: 'frame', seq, t: 90, actor: 'chat', ...wire, ...facts }
}
const out = (seq: number, facts: Partial<FrameMessage> = {}): AppMessage => {
  return frame(seq, { direction: 'out', what: 'send', ...facts })
}
const send = event(9, 'send')

const pathsOf = (...more: readonly AppMessage[]): readonly string[] => {
  const { arrows } = sequenceOf(sessionOf(hello, manager, connection, ...more), app)
  return arrows.map(({ from, to, words }) => `${from} > ${to}: ${words}`)
}

describe('what somebody sends and the frame that carries it', () => {
  test('are one arrow, from whoever sent it to the wire', () => {
    expect(pathsOf(send, out(10))).toEqual(['app > chat socket: send'])
    expect(pathsOf(event(9, 'send', 'm'), out(10))).toEqual(['m > chat socket: send'])
  })

  test('stay two when the frame goes out later, for another reason, or from another connection', () => {
    const two = ['app > chat: send', 'chat > chat socket: send']
    expect(pathsOf(send, out(10, { t: 120 }))).toEqual(two)
    expect(pathsOf(event(9, 'retry'), out(10))).toEqual(['app > chat: retry', 'chat > chat socket: send'])
    expect(pathsOf(send, out(10, { actor: 'other' }))).toEqual(['app > chat: send', 'other > other socket: send'])
  })

  test('stay two when it is known that the one does not hold the other', () => {
    const payload = (text: string | null): AppMessage => ({ kind: 'payload', seq: 9, text })
    expect(pathsOf(send, out(10), payload('{"type":"send","data":"bye"}'))).toHaveLength(2)
    expect(pathsOf(send, out(10), payload('{"type":"send","data":"hello"}'))).toHaveLength(1)
    expect(
      pathsOf(send, out(10, { text: '{"id":1,"body":{"a":1}}' }), payload('{"type":"send","data":{"a":1}}')),
    ).toHaveLength(1)
    expect(pathsOf(send, out(10), payload('{"type":"send","data":"hel'))).toHaveLength(1)
    expect(pathsOf(send, out(10), payload(null))).toHaveLength(1)
  })

  test('are paired in their order, and pairs in a row are one burst', () => {
    const sends = [1, 2, 3].map((step) => event(8 + step, 'send'))
    expect(pathsOf(...sends, out(12), out(13))).toEqual(['app > chat socket: send ×2', 'app > chat: send'])
  })

  test('the other way round end at the connection', () => {
    const path = ['chat socket > chat: message']
    expect(pathsOf(frame(9), event(10, 'message'))).toEqual(path)
    expect(pathsOf(event(9, 'message'), frame(10))).toEqual(path)
  })
})
