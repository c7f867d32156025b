/**
 * A port on the loopback interface.
 *
 * @module
 */
import type { Server } from 'node:http'

const portsToTry = 20

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

/** Listens on the port, or on the next free one: two demos side by side must not be a puzzle. @returns the port taken. */
export async function openPort(server: Server, first: number): Promise<number> {
  for (let port = first; ; port += 1) {
    try {
      await listen(server, port)
      break
    } catch (error) {
      if (!isTaken(error) || port >= first + portsToTry) throw error
    }
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : first
}
