/**
 * The link to another window: a popup, an opener, a frame.
 *
 * @module
 */
import { TransportError } from '../../src/errors.ts'
import type { InspectorLink } from './link.ts'
import { pageLink } from './page-link.ts'

/** As much of a window as is written to. */
export interface MessageTarget {
  postMessage(message: unknown, targetOrigin: string): void
}

function checkOrigin(origin: string): string {
  try {
    if (new URL(origin).origin === origin) return origin
  } catch {
    // Said below.
  }
  throw new TransportError(
    'bad_option',
    'Option origin must be the exact origin of the window, such as http://127.0.0.1:4700.',
  )
}

/**
 * Creates a link to a window of this origin, and of no other: neither is anything sent to another one that it may have gone to, nor
 * is anything of another one heard.
 *
 * @throws TransportError `bad_option` when `origin` is no exact origin; `*` is none
 * @example
 * const popup = window.open('http://127.0.0.1:4700/')
 * if (popup !== null) attachInspector(chat, { link: postMessageLink(popup, 'http://127.0.0.1:4700') })
 */
export function postMessageLink(target: MessageTarget, origin: string): InspectorLink {
  const exact = checkOrigin(origin)
  const { hear, link } = pageLink({
    post: (envelope) => target.postMessage(envelope, exact),
    close: () => removeEventListener('message', listener),
  })
  const listener = (event: MessageEvent): void => {
    if (event.origin === exact && event.source === target) hear(event.data)
  }
  addEventListener('message', listener)
  return link
}
