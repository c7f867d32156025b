/**
 * A scripted server as the other end of one connection, for the driver of walks.
 *
 * @module
 */
import type { ConnectionPeer } from './drive.ts'
import type { Exchange } from './exchange.ts'
import type { FailureClass } from './model-events.ts'
import type { Match, ScriptedServer } from './scripted-server.ts'

const statuses: Readonly<Record<FailureClass, number>> = { retry: 500, 'refresh-token': 401, stop: 403, done: 204 }

/** Close codes of these classes (docs/guide.md, "What a failure means"). */
const closeCodes: Readonly<Record<FailureClass, number>> = {
  retry: 1001,
  'refresh-token': 4101,
  stop: 4003,
  done: 1000,
}

/**
 * The server's side of one connection. With `match` only the exchanges that are meant count, beside posts for instance.
 *
 * @example
 * const drive = driveConnection({ peer: peerOf(server), clock, actor })
 */
export function peerOf(server: ScriptedServer, match?: (exchange: Exchange) => boolean): ConnectionPeer {
  const meant: Match = match ?? (() => true)
  const link = (): Exchange => {
    const open = server.answering.filter((exchange) => match?.(exchange) ?? true).at(-1)
    if (open === undefined) throw new Error('The server has no open link.')
    return open
  }
  return {
    async accept() {
      await (await server.next(meant)).accept({ pongs: false })
    },
    async refuse(failure) {
      await (await server.next(meant)).respond({ status: statuses[failure] })
    },
    async lose(failure) {
      const open = link()
      if (open.isWebSocket) return open.end(closeCodes[failure])
      if (failure === 'retry') return open.reset()
      throw new Error(`An HTTP answer that is open cannot fail with "${failure}". Leave it out with "drives".`)
    },
    end: () => link().end(),
    say: (text) => link().send(text),
    async counts() {
      const count = (exchanges: readonly Exchange[]): number => exchanges.filter((one) => match?.(one) ?? true).length
      return { held: count(server.held), open: count(server.answering) }
    },
  }
}
