/**
 * The parts of a durable stream that are loaded when they are wanted: one of the four carriers, not all of them.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/** A part, once loaded. A file that cannot be had now (offline, a release in between) is `network`, which is tried again. */
export async function loaded<Part>(part: Promise<Part>): Promise<Part> {
  try {
    return await part
  } catch (cause) {
    throw new TransportError('network', 'A part of the library could not be loaded.', { cause })
  }
}

/** A part by its name. Loaded once, it is at hand: even of a module that is there an `import()` costs each dial some turns. */
export function partOf<Part extends object>(load: () => Promise<Part>): () => Part | Promise<Part> {
  let kept: Part | undefined
  return () => {
    if (kept !== undefined) return kept
    const part = load()
    part.then(
      (there) => {
        kept = there
      },
      // Whoever asked hears of it, and asks again.
      () => {},
    )
    return loaded(part)
  }
}
