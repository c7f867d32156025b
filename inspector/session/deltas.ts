/**
 * What a streamed frame adds to the answer of a model, in the shapes that are in use.
 *
 * @module
 */
import { isJson, type Json } from './reading.ts'

/** What the model says, thinks, or asks a tool to do. */
export type TranscriptLane = 'content' | 'thinking' | 'tool'

export interface Delta {
  readonly lane: TranscriptLane
  readonly text: string
}

function one(lane: TranscriptLane, text: unknown): readonly Delta[] {
  return typeof text === 'string' && text !== '' ? [{ lane, text }] : []
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined
}

/** `{ choices: [{ delta: { content, reasoning_content, tool_calls } }] }` */
function ofChoice(choice: Json): readonly Delta[] {
  const delta = isJson(choice.delta) ? choice.delta : choice
  const called = first(delta.tool_calls)
  const asked = isJson(called) && isJson(called.function) ? called.function : {}
  return [
    ...one('thinking', delta.reasoning_content ?? delta.reasoning),
    ...one('content', delta.content ?? choice.text),
    ...one('tool', asked.name),
    ...one('tool', asked.arguments),
  ]
}

/** `{ type: 'content_block_delta', delta: { type, text | thinking | partial_json } }` */
function ofBlock(delta: Json): readonly Delta[] {
  return [...one('thinking', delta.thinking), ...one('content', delta.text), ...one('tool', delta.partial_json)]
}

/** `{ type: 'response.output_text.delta', delta: '…' }`, and parts named by what they are. */
function ofNamed(type: string, delta: string): readonly Delta[] {
  if (/reason|think/.test(type)) return one('thinking', delta)
  return one(/tool|function|argument/.test(type) ? 'tool' : 'content', delta)
}

function ofObject(given: Json): readonly Delta[] {
  const choice = first(given.choices)
  if (isJson(choice)) return ofChoice(choice)
  const type = typeof given.type === 'string' ? given.type : ''
  const started = given.content_block
  if (type === 'content_block_start' && isJson(started)) return one('tool', started.name)
  if (isJson(given.delta)) return ofBlock(given.delta)
  if (typeof given.delta === 'string') return ofNamed(type, given.delta)
  if (isJson(given.message)) return one('content', given.message.content)
  return one('content', given.text ?? given.content ?? given.token)
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/**
 * What one frame adds. Text that is not JSON is itself; JSON of an unknown shape adds nothing.
 *
 * @example
 * deltasOf('{"choices":[{"delta":{"content":"Hel"}}]}') // [{ lane: 'content', text: 'Hel' }]
 */
export function deltasOf(text: string): readonly Delta[] {
  if (text.trim() === '[DONE]') return []
  const isStructured = /^\s*[{["]/.test(text)
  const given = isStructured ? parsed(text) : undefined
  // An opening bracket may as well begin a sentence.
  if (given === undefined) return one('content', text)
  if (typeof given.json === 'string') return one('content', given.json)
  return isJson(given.json) ? ofObject(given.json) : []
}
