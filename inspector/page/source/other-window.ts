/**
 * The one window that this page listens to: the one that holds it in a frame, or else the one that has opened it. Any page may
 * send messages to any window it can name, so that nobody else is heard; and once the other has said something that makes sense,
 * only that origin is: what stands in that window later may be somebody else's.
 *
 * @module
 */

/** What both ends of `postMessage` need to know of it. */
export interface OtherWindow {
  /** Says what anybody may hear: nobody knows yet who is there. */
  announce(message: unknown): void
  /** Says it to the origin that was heard, and to nobody before. */
  post(message: unknown): void
  close(): void
}

/** `null` when this page was opened by hand. */
export function otherWindow(): Window | null {
  return window.parent === window ? window.opener : window.parent
}

/**
 * @param hear answers whether a message makes sense. What does not is let pass by: pages talk of much.
 * @example
 * const parent = otherWindow()
 * if (parent !== null) listenTo(parent, (data) => source.take(data) !== undefined)
 */
export function listenTo(other: Window, hear: (data: unknown) => boolean): OtherWindow {
  let origin: string | undefined
  const listener = (event: MessageEvent): void => {
    if (event.source !== other || (origin !== undefined && event.origin !== origin)) return
    if (hear(event.data)) origin = event.origin
  }
  addEventListener('message', listener)
  return {
    announce: (message) => other.postMessage(message, '*'),
    post(message) {
      // Of an opaque origin there are many: none can be addressed.
      if (origin !== undefined && origin !== 'null') other.postMessage(message, origin)
    },
    close: () => removeEventListener('message', listener),
  }
}
