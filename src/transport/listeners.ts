/**
 * The listeners of a plain transport: `on`, `off`, `once`, `emit`.
 *
 * @module
 */

import { reportUncaught } from '../connection/report.ts'

export type Handler<Payload> = (payload: Payload) => void

export class Listeners<Events extends object> {
  readonly #handlers = new Map<keyof Events, readonly { readonly handler: unknown; readonly once: boolean }[]>()

  add<Type extends keyof Events>(type: Type, handler: Handler<Events[Type]>, once: boolean): void {
    this.#handlers.set(type, [...this.#of(type), { handler, once }])
  }

  remove<Type extends keyof Events>(type: Type, handler: Handler<Events[Type]>): void {
    this.#handlers.set(
      type,
      this.#of(type).filter((entry) => entry.handler !== handler),
    )
  }

  /** Calls every listener of this moment; one that throws stops neither the others nor the caller. */
  emit<Type extends keyof Events>(type: Type, payload: Events[Type]): void {
    for (const entry of this.#of(type)) {
      if (entry.once)
        this.#handlers.set(
          type,
          this.#of(type).filter((other) => other !== entry),
        )
      try {
        const handle = entry.handler as Handler<Events[Type]>
        handle(payload)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }

  #of(type: keyof Events): readonly { readonly handler: unknown; readonly once: boolean }[] {
    return this.#handlers.get(type) ?? []
  }
}
