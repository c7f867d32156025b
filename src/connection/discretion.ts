/**
 * What inspectors are not shown: the input of an actor, which names URLs and credentials, and the content of what it is sent.
 *
 * @module
 */

/** An actor's options are no public type of XState's. */
export interface WithInput<Input extends object> {
  options: { input?: Input | undefined }
}

const hidden: object = Object.freeze({})

/** XState shows inspectors the input an actor starts with. Ours is kept beside the actor; they see an empty one. */
export function concealInput(self: object, given: object): void {
  const { options } = self as WithInput<object>
  if (options.input === given) options.input = hidden
}

/** An event that is, to a serialiser, no more than what it shows. */
class DiscreetEvent {
  readonly #shown: object

  constructor(event: object, shown: object) {
    Object.assign(this, event)
    this.#shown = shown
  }

  toJSON(): object {
    return this.#shown
  }
}

/** The same event for whoever receives it; to an inspector's serialiser it is `shown`. */
export function discreet<Event extends object>(event: Event, shown: object): Event {
  return new DiscreetEvent(event, shown) as unknown as Event
}
