/**
 * What can be wrong with an answer: refused, held, scripted, or the ordinary one through a spoiled pipe.
 *
 * @module
 */
import type { Socket } from 'node:net'
import type { RigRequest, RigResponse } from './exchange.ts'
import { destroyExchange } from './exchange.ts'
import type { Fault } from './protocol.ts'

type Write = (chunk: string | Uint8Array, ...rest: unknown[]) => boolean

/** Where a spoiled pipe leads. */
interface Pipe {
  write(chunk: Uint8Array, done?: () => void): boolean
  end(): void
  destroy(): void
}

/** Faults that leave the content as it is and spoil how it arrives. */
export function isSpoiling(fault: Fault): fault is Extract<Fault, { kind: 'stall' | 'slow' | 'cut' }> {
  return fault.kind === 'stall' || fault.kind === 'slow' || fault.kind === 'cut'
}

/** Takes over `write` and `end` of an answer. */
export function spoilResponse(request: RigRequest, response: RigResponse, fault: Fault): void {
  const write = response.write.bind(response) as Write
  const end = response.end.bind(response) as () => void
  const spoiled = spoil(fault, {
    write: (chunk, done) => write(chunk, done),
    end,
    destroy: () => destroyExchange(request),
  })
  Object.assign(response, {
    write: (chunk: string | Uint8Array) => spoiled.write(Buffer.from(chunk as string)),
    end: (chunk?: string | Uint8Array) => {
      if (chunk !== undefined && typeof chunk !== 'function') spoiled.write(Buffer.from(chunk as string))
      spoiled.end()
      return response
    },
  })
}

/** Takes over `write` of an upgraded socket; the handshake itself, its first write, passes untouched. */
export function spoilSocket(socket: Socket, fault: Fault): void {
  const write = socket.write.bind(socket) as Write
  let handshake = true
  const spoiled = spoil(fault, {
    write: (chunk, done) => write(chunk, done),
    end: () => socket.end(),
    destroy: () => socket.destroy(),
  })
  socket.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    if (handshake) {
      handshake = false
      return write(chunk, ...rest)
    }
    const done = rest.find((value) => typeof value === 'function') as (() => void) | undefined
    const more = spoiled.write(Buffer.from(chunk as string))
    done?.()
    return more
  }) as Socket['write']
}

function spoil(fault: Fault, pipe: Pipe): Omit<Pipe, 'destroy'> {
  if (fault.kind === 'slow') return dribbling(pipe)
  const bytes = fault.kind === 'cut' || fault.kind === 'stall' ? fault.bytes : 0
  const limit = (): void => (fault.kind === 'cut' ? pipe.destroy() : undefined)
  let left = bytes
  if (left === 0) setImmediate(limit)
  return {
    write(chunk) {
      if (left <= 0) return true
      const part = chunk.subarray(0, left)
      left -= chunk.length
      return left > 0 ? pipe.write(part) : pipe.write(part, limit)
    },
    end: () => (left > 0 ? pipe.end() : undefined),
  }
}

/** One byte per turn of the event loop: on loopback each reaches the other side by itself. */
function dribbling(pipe: Pipe): Omit<Pipe, 'destroy'> {
  const waiting: Uint8Array[] = []
  let ended = false
  let running = false
  const next = (): void => {
    const [first] = waiting
    running = first !== undefined
    if (first === undefined) {
      if (ended) pipe.end()
      return
    }
    pipe.write(first.subarray(0, 1))
    if (first.length === 1) waiting.shift()
    else waiting[0] = first.subarray(1)
    setImmediate(next)
  }
  const start = (): void => {
    if (!running) next()
  }
  return {
    write(chunk) {
      if (chunk.length > 0) waiting.push(chunk)
      start()
      return true
    },
    end() {
      ended = true
      start()
    },
  }
}

/** Answers with the fault itself. */
export function answerFault(fault: Fault, request: RigRequest, response: RigResponse, elsewhere: string): void {
  switch (fault.kind) {
    case 'refuse':
      response.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers })
      response.end(`refused with ${fault.status}`)
      return
    case 'redirect': {
      const target = fault.to === 'here' ? (request.url ?? '/') : elsewhere + (request.url ?? '/')
      response.writeHead(fault.status, { location: target })
      response.end()
      return
    }
    case 'script':
      response.writeHead(200, fault.type === undefined ? {} : { 'content-type': fault.type })
      response.write(Buffer.from(fault.base64, 'base64'))
      if (fault.end) response.end()
      return
    case 'endless':
      response.writeHead(200, { 'content-type': fault.type })
      response.write(Buffer.from(fault.base64, 'base64'))
      pour(response)
      return
    default:
      // Held: the request stays open and hears nothing.
      return
  }
}

const filler = Buffer.alloc(65_536, 'x')

function pour(response: RigResponse): void {
  while (!response.destroyed) {
    if (!response.write(filler)) break
  }
  response.once('drain', () => pour(response))
}
