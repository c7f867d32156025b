/**
 * When both ends agree: the connection is in a state that the model admits, the gate sees the sockets of that state, what was
 * written is where it can get, and nothing moves any more. Awaited, never slept for.
 *
 * @module
 */
import { type ConnectionState, stateOf } from '../../src/index.ts'
import { turn } from '../../src/testing/clock.ts'
import { isComplete } from './model.ts'
import type { World } from './world.ts'

/** Every condition that holds says nothing; the others say what is missing. */
export function disagreement(world: World, legal: readonly ConnectionState[]): string | null {
  const { actor, gate, state } = world
  if (!legal.includes(state)) {
    const { failure } = actor.getSnapshot().context
    return `${state} is not one of ${legal.join(', ')} (last failure: ${failure?.code}, ${failure?.message})`
  }
  if (!gate.isDrained) return 'bytes are on their way through the gate'
  return firstDisagrees(world) ?? secondDisagrees(world)
}

function isDialing({ value }: { readonly value: unknown }): boolean {
  return value === 'connecting' || JSON.stringify(value) === '{"reconnecting":"dialing"}'
}

function firstDisagrees(world: World): string | null {
  const { actor, credentials, gate, state, tested } = world
  const lines = gate.lines('first')
  const snapshot = actor.getSnapshot()
  if (JSON.stringify(snapshot.value).includes('authorizing') && credentials.length === 0)
    return 'nobody was asked for a credential'
  if (isDialing(snapshot)) {
    const [line] = lines
    const waits =
      lines.length === 1 && line?.hasAsked === true && line.state !== 'over' && (tested.paged || line.state !== 'open')
    return waits ? null : `a dial is under way, on ${lines.map((one) => one.state).join(', ') || 'no line'}`
  }
  if (state === 'connected') return connectedDisagrees(world)
  // A silent peer never takes part in the conversation that closing is; it gives up in the end.
  if (tested.closesPolitely)
    for (const line of lines) if (line.state === 'stalled' || line.state === 'vanished') line.reset()
  return lines.length === 0 ? null : `the server sees ${lines.length} sockets of a connection that is ${state}`
}

/** Whether the application takes what comes. */
export function isReading({ actor, application }: World): boolean {
  return actor.getSnapshot().context.flow === 'flowing' && application.reader?.full !== true
}

function connectedDisagrees(world: World): string | null {
  const { application, gate, model, origin, resting } = world
  const lines = gate.lines('first')
  if (lines.length > 1) return `the server sees ${lines.length} sockets of one connection`
  // Between two polls there is no socket; and nobody who does not read learns that his was cut.
  if (resting() > 0 || !isReading(world)) return null
  const [line] = lines
  if (line === undefined || line.state === 'over') return 'the link is dead, and nobody has noticed'
  if (line.state !== 'open') return null
  if (!isComplete(model, origin)) return `the application has ${model.cursor} of ${origin.log.length} records`
  return application.unsettled === 0 ? null : `${application.unsettled} sends are not settled on a healthy link`
}

function secondDisagrees({ gate, second, tested }: World): string | null {
  const lines = gate.lines('second').length
  const snapshot = second?.getSnapshot()
  const state = snapshot === undefined ? 'closed' : stateOf(snapshot)
  if (snapshot !== undefined && isDialing(snapshot))
    return tested.paged && lines === 1 ? null : 'the second connection is dialling'
  if (lines > (state === 'connected' ? 1 : 0))
    return `the server sees ${lines} sockets of a second connection that is ${state}`
  return null
}

/** So many turns without a byte, a message or a snapshot: one hop through the gate takes two. */
const quietTurns = 4

/** How long both ends may disagree while nothing moves, in real ms. A repeated append waits up to 1.75 s between its tries. */
const patience = 2_500

/** Waits until both ends agree and everything is quiet. Throws when nothing moves any more and they still disagree. */
export async function settled(world: World, legal: readonly ConnectionState[]): Promise<void> {
  let before = -1
  let quiet = 0
  let movedAt = performance.now()
  while (quiet < quietTurns) {
    await turn()
    const now = world.gate.activity + world.changes + world.application.heard
    const difference = disagreement(world, legal)
    if (now !== before) movedAt = performance.now()
    quiet = now === before && difference === null ? quiet + 1 : 0
    before = now
    if (performance.now() - movedAt > patience) throw new Error(`Both ends do not agree: ${difference}.`)
  }
}
