/**
 * What the links between pages have in common: batches out, envelopes in.
 *
 * @module
 */
import type { AppMessage } from '../protocol/messages.ts'
import { Audience } from './audience.ts'
import { Batch } from './batch.ts'
import { type AppEnvelope, fromViewer } from './envelope.ts'
import type { InspectorLink } from './link.ts'
import { Watching } from './watching.ts'

/** Within a moment; a page that is held up by its own work lets the rest go. */
const mostWaiting = 20_000

export interface PagePort {
  post(envelope: AppEnvelope): void
  close(): void
}

export interface PageLink {
  readonly link: InspectorLink
  /** Something came that may be from a viewer. */
  hear(data: unknown): void
}

/** Not by `randomUUID`: a page that is looked at over a local network has none. */
function ownName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('')
}

/** A link over a port between pages. */
export function pageLink(port: PagePort): PageLink {
  const app = ownName()
  const watching = new Watching()
  const audience = new Audience((isWatched) => watching.set(isWatched))
  const batch = new Batch(mostWaiting, (messages: readonly AppMessage[]) => {
    try {
      port.post({ statewire: 'app', app, messages })
    } catch {
      // The other page is gone, or something cannot be cloned: it is not shown.
    }
  })
  const known = new Set<string>()
  return {
    hear(data) {
      const said = fromViewer(data, app)
      if (said === undefined) return
      if ('asked' in said) return watching.ask(said.asked)
      const isNew = said.looks && !known.has(said.viewer)
      if (said.looks) known.add(said.viewer)
      else known.delete(said.viewer)
      // The first one is told everything because somebody looks now.
      const wasWatched = watching.watched
      audience.hear(said.viewer, said.looks)
      if (isNew && wasWatched) watching.ask({ kind: 'sync' })
    },
    link: {
      get watched() {
        return watching.watched
      },
      send: (messages) => batch.add(messages, 'soon'),
      listen: watching.listen,
      onWatched: watching.onWatched,
      close() {
        batch.flush()
        batch.stop()
        audience.stop()
        watching.end()
        port.close()
      },
    },
  }
}
