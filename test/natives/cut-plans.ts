/**
 * Where connections are cut: at random, or where it hurts most.
 *
 * @module
 */
import type { Cut, CutPlan } from './cutting-proxy.ts'

export interface RandomCuts {
  /** 0 to 1. */
  readonly random: () => number
  /** So many connections are cut, later ones live: a reader that never gets through would never be done. */
  readonly cuts: number
  /** A connection lives for 0 to so many bytes, spread evenly. */
  readonly bytes: number
  /** Half of the time the client's bytes count, else always the server's. */
  readonly alsoUploads?: boolean | undefined
}

export function randomCuts({ random, cuts, bytes, alsoUploads = false }: RandomCuts): CutPlan {
  return (done) => {
    if (done >= cuts) return null
    const limit = Math.floor(random() * (bytes + 1))
    return { of: alsoUploads && random() < 0.5 ? 'client' : 'server', abrupt: random() < 0.5, after: () => limit }
  }
}

/** One connection is cut behind so many bytes of the server, no other. */
export function oneCut(bytes: number): CutPlan {
  return (done) => (done === 0 ? { of: 'server', abrupt: true, after: () => bytes } : null)
}

export const noCuts: CutPlan = () => null

/** What follows the data of a control event: an `id:` line with 38 characters of an offset, and a blank line. */
export const POSITION_BYTES = 44

/**
 * By turns: a reset inside the first control event, each time a few bytes further behind its data, and one before the next
 * connection has said anything but its opening. Whoever takes a position out of a broken event skips the records for which
 * it stands, because the second cut keeps them from coming again.
 */
export function cutsInPositions(step: number): CutPlan {
  return (done) => {
    const into = Math.floor(done / 2) * step
    return into > POSITION_BYTES ? null : reset(done % 2 === 0 ? (said) => behindData(said) + into : behindOpening)
  }
}

function reset(after: Cut['after']): Cut {
  return { of: 'server', abrupt: true, after }
}

function behindData(said: string): number {
  const data = /event: control\ndata:.*\n/.exec(said)
  return data === null ? Number.POSITIVE_INFINITY : data.index + data[0].length
}

/** The first blank line of the body. */
function behindOpening(said: string): number {
  const body = said.indexOf('\r\n\r\n') + 4
  const blank = said.indexOf('\n\n', body)
  return body < 4 || blank === -1 ? Number.POSITIVE_INFINITY : blank + 2
}
