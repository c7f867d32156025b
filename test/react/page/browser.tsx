/**
 * The page: takes over what the server rendered, or renders where nothing is, and does as it is told.
 *
 * @module
 */
import { version } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { Application, type Gate } from './application.tsx'

/** What a test tells the page to do. */
export interface Page {
  readonly version: string
  /** What React had to mend while it took over. */
  readonly mended: readonly string[]
  /** Takes over the HTML that is there, where there is some. */
  start(url: string): void
  /** Shows another room. */
  show(url: string): void
  /** Lets the late part come. */
  open(): void
  unmount(): void
}

declare global {
  interface Window {
    readonly page: Page
  }
}

const place = document.getElementById('place') ?? document.body
const mended: string[] = []
let letThrough = (): void => {}
const gate: Gate = { open: false, opened: new Promise((resolve) => (letThrough = resolve)) }
let root: Root | undefined
const tree = (url: string) => <Application url={url} gate={gate} />

const page: Page = {
  version,
  mended,
  start(url) {
    if (place.innerHTML === '') {
      root = createRoot(place)
      root.render(tree(url))
    } else root = hydrateRoot(place, tree(url), { onRecoverableError: (error) => mended.push(String(error)) })
  },
  show: (url) => root?.render(tree(url)),
  open() {
    gate.open = true
    letThrough()
  },
  unmount: () => root?.unmount(),
}
Object.assign(window, { page })
