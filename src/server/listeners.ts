/**
 * The listeners a server opens by itself: one for everybody, and one for its operators.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerElsewhere } from './elsewhere.ts'
import {
  type Listener,
  type ListenerDoors,
  type ListenerPlace,
  type Listening,
  type ListenOptions,
  listen,
} from './listener.ts'
import { localNamesOnly } from './local-names.ts'
import { isLoopback } from './security/address.ts'

/** Where to listen, for everybody and for operators. */
export interface ServerListenOptions extends ListenOptions {
  /** Where `/healthz`, `/readyz` and `/metrics` are answered. Default: nowhere. Its host is `127.0.0.1` by default. */
  readonly admin?: { readonly port?: number | undefined; readonly host?: string | undefined } | undefined
}

/** Where the server listens. */
export interface ServerListening extends Listening {
  /** The operators' address, when there is one. */
  readonly admin: Listening | null
}

/** What is known about the place where we listen. */
interface ServerPlace extends ListenerPlace {
  /** Whoever reaches the server is let in without a credential. */
  readonly open: boolean
}

type Admin = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

export class Listeners {
  readonly #doors: ListenerDoors
  readonly #admin: Admin
  readonly #place: ServerPlace
  #opening: Promise<ServerListening> | null = null
  #open: Listener[] = []

  constructor(doors: ListenerDoors, admin: Admin, place: ServerPlace) {
    this.#doors = doors
    this.#admin = admin
    this.#place = place
  }

  /** Once; after a rejection it may be tried again. */
  open(options: ServerListenOptions): Promise<ServerListening> {
    if (this.#opening !== null) return Promise.reject(new Error('A server listens once.'))
    this.#opening = this.#listen(options)
    this.#opening.catch(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => {})
    await Promise.all(this.#open.map((listener) => listener.close()))
  }

  cut(): void {
    for (const listener of this.#open) listener.cut()
  }

  async #listen({ admin, ...options }: ServerListenOptions): Promise<ServerListening> {
    const { open, trustedProxies = [] } = this.#place
    const local = open && trustedProxies.length === 0 && isLocalHost(options.host)
    const main = await listen(local ? localNamesOnly(this.#doors) : this.#doors, options, this.#place)
    this.#open = [main]
    if (admin === undefined) return { ...main.address, admin: null }
    try {
      const second = await listen(this.#adminDoors(), admin)
      this.#open = [main, second]
      return { ...main.address, admin: second.address }
    } catch (error) {
      this.#open = []
      main.cut()
      await main.close()
      throw error
    }
  }

  #adminDoors(): ListenerDoors {
    return {
      request: (request, response) => void answerElsewhere(this.#admin(request, response), response),
      upgrade: (_request, socket) => socket.destroy(),
      failed: this.#doors.failed,
    }
  }
}

function isLocalHost(host = '127.0.0.1'): boolean {
  return host === 'localhost' || isLoopback(host)
}
