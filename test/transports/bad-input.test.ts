/**
 * Bad input gets a stable code and one plain sentence; nothing is thrown aside, nothing that came before is lost.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import { afterEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { createActor, SimulatedClock } from 'xstate'
import { sendOver, stateOf, TransportError } from '../../src/core.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'
import { type BadInput, canary } from './bad-input-row.ts'
import { badInputs, badRetries } from './bad-input-table.ts'

const thrown: unknown[] = []
const note = (error: unknown): void => void thrown.push(error)
process.on('uncaughtException', note)
process.on('unhandledRejection', note)

afterEach(async () => {
  // What was thrown in a timer or a forgotten promise shows up one turn later.
  await new Promise((resolve) => setImmediate(resolve))
  expect(thrown.splice(0)).toEqual([])
})

function freshRoom(): RoomClient {
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  onTestFinished(async () => void (await room.until(({ open }) => open.length === 0)))
  return room
}

/** A connection that is never tried again by itself: no simulated time passes. */
function start({ logic, options }: Pick<BadInput, 'logic' | 'options'>, room: RoomClient) {
  const clock = new SimulatedClock()
  const actor = createActor(logic, { input: options(room), clock })
  const messages: unknown[] = []
  const errors: TransportError[] = []
  const floors: number[] = []
  let look = (): void => {}
  actor.on('*', (event) => {
    if (event.type === 'message') messages.push(event.message.data)
    if (event.type === 'error') errors.push(event.error)
    if (event.type === 'reconnecting') floors.push(event.delay)
    if (event.type === 'reconnecting' && event.error !== null) errors.push(event.error)
    look()
  })
  actor.subscribe(() => look())
  actor.start()
  onTestFinished(() => void actor.stop())
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => void (condition() && resolve())
      look()
    })
  return { actor, messages, errors, floors, until }
}

/** Everything a careless logger could print of an error. */
function printed(error: TransportError): string {
  const { cause: _cause, ...shown } = error
  return [error.message, String(error), JSON.stringify(error), inspect(shown)].join('\n')
}

describe('bad input', () => {
  it.each(badInputs.map((row) => [row.input, row.code, row.state, row] as const))(
    '%s is %s, and then %s',
    async (_input, code, state, row) => {
      const room = freshRoom()
      await room.order(row.order ?? {})
      const { actor, messages, errors, until } = start(row, room)
      actor.send({ type: 'connect' })
      await until(() => stateOf(actor.getSnapshot()) === (row.sent === undefined ? state : 'connected'))
      if (row.sent !== undefined) {
        const refusal = await sendOver(actor, row.sent).catch((error: unknown) => error)
        expect(refusal).toBeInstanceOf(TransportError)
        if (refusal instanceof TransportError) errors.push(refusal)
      }
      await until(() => errors.length > 0 && messages.length >= (row.delivered?.length ?? 0))
      expect(errors.map((error) => error.code)).toEqual([code])
      expect(stateOf(actor.getSnapshot())).toBe(state)
      expect(messages).toEqual(row.delivered ?? [])
      for (const error of errors) {
        expect(error.message).toMatch(/^[A-Z].*\.$/)
        expect(error.message).not.toMatch(/\n/)
        expect(printed(error)).not.toContain(canary)
      }
      expect(JSON.stringify(actor.getSnapshot())).not.toContain(canary)
    },
  )

  it.each(badRetries)('believes nobody who says "$line"', async ({ line, floor }) => {
    const room = freshRoom()
    await room.order({ opening: `${line}\n\n`, append: ['before'] })
    const row = badInputs.find(({ input }) => input.includes('invalid UTF-8 in an event stream'))
    if (row === undefined) throw new Error('The table has lost its event stream.')
    const options = () => ({ url: `${room.url}/sse`, backoff: { base: 5, cap: 20 }, random: () => 0 })
    const { actor, messages, floors, until } = start({ logic: row.logic, options }, room)
    actor.send({ type: 'connect' })
    await until(() => messages.length === 1)
    await room.order({ cut: true })
    await until(() => floors.length === 1)
    expect(floors).toEqual([floor])
    expect(messages).toEqual(['before'])
  })

  it('is written down in docs/bad-input.md, row by row', async () => {
    const text = await readFile(new URL('../../docs/bad-input.md', import.meta.url), 'utf8')
    const written = text
      .split('\n')
      .filter((line) => line.startsWith('| ') && line.includes('`'))
      .map((line) => line.slice(2, -2).split(' | '))
    expect(written).toEqual(badInputs.map(({ input, code, state }) => [input, `\`${code}\``, `\`${state}\``]))
  })
})
