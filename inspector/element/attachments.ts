/**
 * What one panel shows: attached while the panel is in a document, and to nobody else.
 *
 * @module
 */
import { type Attachable, type AttachOptions, attachInspector } from '../attach/attach.ts'
import { memoryLink } from '../attach/memory-link.ts'

/** How an actor is shown in a panel: whether at all, and by which way, the panel has decided. */
export type InspectOptions = Pick<AttachOptions, 'name' | 'redact' | 'clock'>

interface Held {
  readonly given: Attachable
  readonly options: InspectOptions
  detach: (() => void) | null
}

export class Attachments {
  readonly link = memoryLink()
  readonly #held = new Set<Held>()
  #state: 'attached' | 'detached' = 'detached'

  /** @throws TransportError `bad_option` when it is no actor, as soon as the panel is in a document */
  add(given: Attachable, options: InspectOptions): () => void {
    const held: Held = { given, options, detach: null }
    this.#held.add(held)
    if (this.#state === 'attached') this.#attach(held)
    return () => {
      held.detach?.()
      this.#held.delete(held)
    }
  }

  attach(): void {
    this.#state = 'attached'
    for (const held of this.#held) this.#attach(held)
  }

  detach(): void {
    this.#state = 'detached'
    for (const held of this.#held) {
      held.detach?.()
      held.detach = null
    }
  }

  /** What is shown. */
  get all(): readonly Attachable[] {
    return [...this.#held].map(({ given }) => given)
  }

  #attach(held: Held): void {
    held.detach = attachInspector(held.given, { ...held.options, link: this.link, always: true })
  }
}
