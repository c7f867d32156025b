import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FrameMessage } from '../protocol/messages.ts'
import { deltasOf } from './deltas.ts'
import { leastStall, transcriptOf } from './transcript.ts'

let seq = 0
const frame = (t: number, text: string | null, direction: 'in' | 'out' = 'in'): FrameMessage => ({
  kind: 'frame',
  seq: seq++,
  t,
  actor: 'c',
  direction,
  what: direction === 'in' ? 'message' : 'send',
  bytes: 0,
  position: null,
  text,
})

const choice = (delta: object) => JSON.stringify({ choices: [{ index: 0, delta }] })
const block = (delta: object) => JSON.stringify({ type: 'content_block_delta', index: 0, delta })

test.each([
  [choice({ content: 'Hel' }), [['content', 'Hel']]],
  [choice({ reasoning_content: 'hm' }), [['thinking', 'hm']]],
  [
    choice({ tool_calls: [{ function: { name: 'search', arguments: '{"q"' } }] }),
    [
      ['tool', 'search'],
      ['tool', '{"q"'],
    ],
  ],
  [choice({ role: 'assistant' }), []],
  [block({ type: 'text_delta', text: 'lo' }), [['content', 'lo']]],
  [block({ type: 'thinking_delta', thinking: 'so' }), [['thinking', 'so']]],
  [block({ type: 'input_json_delta', partial_json: '{"a":' }), [['tool', '{"a":']]],
  [
    JSON.stringify({ type: 'content_block_start', content_block: { type: 'tool_use', name: 'look' } }),
    [['tool', 'look']],
  ],
  [JSON.stringify({ type: 'response.output_text.delta', delta: 'x' }), [['content', 'x']]],
  [JSON.stringify({ type: 'response.reasoning_text.delta', delta: 'x' }), [['thinking', 'x']]],
  [JSON.stringify({ type: 'response.function_call_arguments.delta', delta: 'x' }), [['tool', 'x']]],
  [JSON.stringify({ delta: { text: 'x' } }), [['content', 'x']]],
  [JSON.stringify({ message: { role: 'assistant', content: 'x' }, done: false }), [['content', 'x']]],
  [JSON.stringify({ text: 'x' }), [['content', 'x']]],
  [JSON.stringify('quoted'), [['content', 'quoted']]],
  ['[DONE]', []],
  ['[1,2]', []],
  ['[well, she said', [['content', '[well, she said']]],
  ['plain words', [['content', 'plain words']]],
  ['{"type":"message_stop"}', []],
  ['{"choices":[null],"delta":7}', []],
])('the frame %s adds %j', (text, deltas) => {
  expect(deltasOf(text).map(({ lane, text: added }) => [lane, added])).toEqual(deltas)
})

test('deltas join into text, a lane at a time, with the first one and the stalls marked', () => {
  const transcript = transcriptOf([
    frame(0, 'why?', 'out'),
    frame(300, choice({ role: 'assistant' })),
    frame(400, choice({ reasoning_content: 'let me ' })),
    frame(420, choice({ reasoning_content: 'see' })),
    frame(440, choice({ content: 'Be' })),
    frame(700, choice({ content: 'cause' })),
    frame(701, null),
    frame(5_000, 'and now?', 'out'),
    frame(9_000, choice({ content: '.' })),
  ])
  expect(transcript.parts.map(({ lane, text, from, to }) => [lane, text, from, to])).toEqual([
    ['thinking', 'let me see', 400, 420],
    ['content', 'Because.', 440, 9_000],
  ])
  expect([transcript.firstToken, transcript.firstTokenAfter]).toEqual([400, 400])
  expect(transcript.stalls).toEqual([{ from: 440, to: 700, length: 260 }])
  expect([transcript.frames, transcript.untold]).toEqual([7, 1])
})

test('however an answer is cut, the transcript is the answer', () => {
  const seedOfRun = Date.now() % 100_000
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 })), (texts) => {
      const frames = texts.map((text, index) => frame(index * leastStall, choice({ content: text })))
      const { parts, stalls } = transcriptOf(frames)
      expect(parts.map(({ text }) => text).join('')).toBe(texts.join(''))
      expect(stalls).toHaveLength(Math.max(0, texts.length - 1))
    }),
    { seed: seedOfRun },
  )
})

test('no text makes reading a frame throw', () => {
  const seedOfRun = Date.now() % 100_000
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const { text: added } of deltasOf(text)) expect(typeof added).toBe('string')
    }),
    { seed: seedOfRun },
  )
})
