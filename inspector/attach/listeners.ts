/**
 * Those who listen to a link. The mistake of one disturbs neither the others nor the link.
 *
 * @module
 */
export class Listeners<Told> {
  readonly #all = new Set<{ readonly hear: (told: Told) => void }>()

  add(hear: (told: Told) => void): () => void {
    // An entry of its own, so that the same function may listen twice.
    const entry = { hear }
    this.#all.add(entry)
    return () => void this.#all.delete(entry)
  }

  tell(told: Told): void {
    for (const { hear } of [...this.#all]) {
      try {
        hear(told)
      } catch {
        // An inspector's own mistake: the app has no use for it.
      }
    }
  }

  clear(): void {
    this.#all.clear()
  }
}
