/**
 * A window for the panel alone: one that stays on top where the browser has such a thing, else a popup.
 *
 * @module
 */
export interface OwnWindow {
  readonly root: HTMLElement
  close(): void
}

interface PictureInPicture {
  requestWindow(size: { width: number; height: number }): Promise<Window>
}

const size = { width: 1080, height: 720 } as const

function pictureInPicture(): PictureInPicture | undefined {
  return Reflect.get(window, 'documentPictureInPicture') as PictureInPicture | undefined
}

async function opened(): Promise<Window | null> {
  try {
    const onTop = await pictureInPicture()?.requestWindow(size)
    if (onTop !== undefined) return onTop
  } catch {
    // Refused: to a frame, or without the reader's doing. A popup may still be let.
  }
  return window.open('', '', `popup,width=${size.width},height=${size.height}`)
}

/**
 * Opens it, empty but for the panel's root.
 *
 * @param adoptStyle gives a shadow tree the page's style.
 * @param closed the reader has closed it.
 * @returns `null` when the browser would not.
 */
export async function openOwnWindow(
  adoptStyle: (shadow: ShadowRoot) => unknown,
  closed: () => void,
): Promise<OwnWindow | null> {
  const made = await opened()
  if (made === null) return null
  const { document: guest } = made
  guest.title = 'statewire inspector'
  guest.documentElement.lang = 'en'
  guest.body.style.margin = '0'
  // Elements of our own classes: what asks for `instanceof Element` would not know those of the other window.
  Object.assign(guest, { createElementNS: (space: string, name: string) => document.createElementNS(space, name) })
  const host = document.createElement('div')
  const root = document.createElement('div')
  root.className = 'inspector'
  guest.body.append(host)
  const shadow = host.attachShadow({ mode: 'open' })
  shadow.append(root)
  adoptStyle(shadow)
  const leaving = new AbortController()
  const { signal } = leaving
  made.addEventListener('pagehide', closed, { signal })
  // Without the app it shows nothing any more.
  addEventListener('pagehide', () => made.close(), { signal })
  return {
    root,
    close() {
      leaving.abort()
      made.close()
    },
  }
}
