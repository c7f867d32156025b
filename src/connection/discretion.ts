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
class DiscreetEvent<Event extends object> {
  readonly #show: (event: Event) => object

  constructor(event: Event, show: (event: Event) => object) {
    Object.assign(this, event)
    this.#show = show
  }

  toJSON(): object {
    return this.#show(this as unknown as Event)
  }
}

/** The same event for whoever receives it; an inspector's serialiser sees what `show` makes of it, a constant: every send passes here. */
export function discreet<Event extends object>(event: Event, show: (event: Event) => object): Event {
  return new DiscreetEvent(event, show) as unknown as Event
}
