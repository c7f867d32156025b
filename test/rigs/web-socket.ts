/**
 * The room over a raw WebSocket: each record is one text message, and what comes back is kept.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { Fault } from './protocol.ts'
import type { Room } from './room.ts'

/** Above so many unsent bytes the rig waits, as any server should. */
const highWater = 65_536

const acceptor = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: 64 * 1024 * 1024,
  // One sub-protocol, so that asking for any other is asking in vain.
  handleProtocols: (protocols) => (protocols.has('rig') ? 'rig' : false),
})

/** Completes the handshake and serves the room from `from` on. */
export function serveSocket(
  room: Room,
  upgrade: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  from: number,
  fault: Fault | undefined,
): void {
  acceptor.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => {
      room.receive({ body: data.toString(), type: isBinary ? 'binary' : 'text' })
    })
    if (fault?.kind === 'script') {
      socket.send(Buffer.from(fault.base64, 'base64'), { binary: false })
      if (fault.end) socket.close(1000)
    } else if (fault?.kind === 'endless') {
      socket.send(Buffer.from(fault.base64, 'base64'), { binary: false })
      pour(socket)
    } else {
      serve(room, socket, upgrade.socket, from)
    }
  })
}

function serve(room: Room, socket: WebSocket, raw: Duplex, from: number): void {
  let next = from
  const pump = (): void => {
    if (socket.readyState !== WebSocket.OPEN) return
    raw.cork()
    for (
      let record = room.records[next];
      record !== undefined && raw.writableLength < highWater;
      record = room.records[next]
    ) {
      socket.send(record.data)
      next += 1
    }
    raw.uncork()
    if (room.ended && next === room.records.length) socket.close(1000)
  }
  raw.on('drain', pump)
  const unfollow = room.follow(pump)
  socket.on('close', unfollow)
  pump()
}

/** One message in fragments without end. */
function pour(socket: WebSocket): void {
  const fragment = 'x'.repeat(65_536)
  const more = (): void => {
    if (socket.readyState !== WebSocket.OPEN) return
    socket.send(fragment, { fin: false }, more)
  }
  more()
}
