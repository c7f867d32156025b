/**
 * Durable records over long-polling: pages of which only the end has an offset.
 *
 * @module
 */
import type { Translator } from './durable-link.ts'
import type { Tracker } from './durable-position.ts'

export function pageTranslator(tracker: Tracker): Translator {
  return {
    take(item, emit) {
      if (item.data !== undefined) tracker.records([item.data], item.position, emit)
      else if (item.position !== undefined) tracker.commit(item.position, emit)
      return true
    },
    // Polling ends only when the server says that the stream is closed.
    cutShort: () => null,
    explain: (failure) => failure,
  }
}
