/**
 * A poster that is loaded with the first `send()`: most connections that receive over HTTP never send.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Poster, PosterOptions } from './post.ts'

/** See `createPoster` in `post.ts`. */
export function createLazyPoster(options: PosterOptions): Poster {
  let loading: Promise<Poster> | undefined
  let closed = false
  return {
    async write(batch) {
      let cause: unknown
      try {
        loading ??= import('./post.ts').then(({ createPoster }) => createPoster(options))
        const poster = await loading
        if (!closed) return await poster.write(batch)
      } catch (thrown) {
        // The file may be gone from a page's server after a new release; the next item tries again.
        loading = undefined
        cause = thrown
      }
      for (const item of batch) {
        item.settle(new TransportError('send_failed', 'The link cannot send any more.', { cause, repeatable: false }))
      }
    },
    close() {
      closed = true
      loading?.then(
        (poster) => poster.close(),
        () => undefined,
      )
    },
  }
}
