/**
 * What a server says and does beside answering: its connections, its log, its reports, its store, and what is thrown where
 * nobody catches it.
 *
 * @module
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { vi } from 'vitest'
import type { StreamStore } from '../../src/server/stores/store.ts'
import { CountingMeter } from './counting-meter.ts'

/** Every secret of a test has this in it: tokens, payloads, query strings. */
export const CANARY = 'canary'

/** Node tells of each connection that any server of this process accepts. */
const ACCEPTED = 'net.server.socket'

const CONSOLE = ['debug', 'log', 'info', 'warn', 'error', 'trace', 'dir'] as const

export class Witness {
  /** The server's side of every connection that was accepted. */
  readonly sockets: Socket[] = []
  readonly reports: unknown[] = []
  readonly meter = new CountingMeter()
  readonly thrown: unknown[] = []
  /** Everything that was written anywhere, as text. */
  readonly logged: string[] = []
  /** Paths of streams that have been changed in any way. */
  readonly changed = new Set<string>()
  readonly #release: (() => void)[] = []

  constructor() {
    const note = (error: unknown): void => void this.thrown.push(error)
    const warned = (warning: Error): void => this.log(warning)
    process.on('uncaughtException', note).on('unhandledRejection', note).on('warning', warned)
    this.#release.push(() => {
      process.off('uncaughtException', note).off('unhandledRejection', note).off('warning', warned)
    })
    for (const method of CONSOLE) {
      const spy = vi.spyOn(console, method).mockImplementation((...values: unknown[]) => values.forEach(this.log))
      this.#release.push(() => spy.mockRestore())
    }
  }

  /** Counts the connections to this port. */
  watchPort(port: number): void {
    const accepted = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket }
      if (socket.localPort === port) this.sockets.push(socket)
    }
    subscribe(ACCEPTED, accepted)
    this.#release.push(() => unsubscribe(ACCEPTED, accepted))
  }

  watchStore(store: StreamStore): void {
    this.#release.push(store.watch(({ path }) => this.changed.add(path)))
  }

  /** How many connections are open. */
  get connections(): number {
    return this.sockets.filter((socket) => !socket.destroyed).length
  }

  /** For the server's options: writes down what it is given, as any sink would print it. */
  readonly log = (entry: unknown): void => {
    this.logged.push(JSON.stringify(entry) ?? '', inspect(entry, { depth: 8 }))
  }

  readonly report = (error: unknown): void => {
    this.reports.push(error)
    this.log(error)
  }

  /** What was written although it holds one of these. */
  leaks(secrets: readonly string[]): string[] {
    return this.logged.filter((text) => secrets.some((secret) => text.includes(secret)))
  }

  release(): void {
    for (const release of this.#release.splice(0)) release()
  }
}
