/**
 * Shared connections by their keys, known for as long as anybody still has them. One that nobody ever held is idle and costs nothing
 * but memory, and that the garbage collector takes back: rendering on a server leaves no entry behind.
 *
 * @module
 */
import type { Place } from './place.ts'

export class KeyedPlaces {
  readonly #places = new Map<string, WeakRef<Place>>()
  readonly #collected = new FinalizationRegistry<string>((key) => {
    // Another one may have taken the key since.
    if (this.#places.get(key)?.deref() === undefined) this.#places.delete(key)
  })

  get size(): number {
    return this.#places.size
  }

  get(key: string): Place | undefined {
    return this.#places.get(key)?.deref()
  }

  set(key: string, place: Place): void {
    this.#places.set(key, new WeakRef(place))
    this.#collected.register(place, key)
  }
}
