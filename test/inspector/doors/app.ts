/**
 * An app of another origin: a light that is inspected through a window of the inspector.
 *
 * @module
 */
import { createBrowserInspector } from '@statelyai/inspect'
import { type Actor, type ActorOptions, type AnyActorRef, createActor, createMachine } from 'xstate'
import { attachInspector } from '../../../inspector/attach/attach.ts'
import { postMessageLink } from '../../../inspector/attach/post-message-link.ts'

const light = createMachine({
  id: 'light',
  initial: 'red',
  states: { red: { on: { go: 'green' } }, green: { on: { stop: 'red' } } },
})

function frame(): HTMLIFrameElement {
  const made = document.createElement('iframe')
  made.width = '1400'
  made.height = '800'
  document.body.append(made)
  return made
}

function started(options: ActorOptions<typeof light> = {}): Actor<typeof light> {
  const actor = createActor(light, options).start()
  actor.send({ type: 'go' })
  return actor
}

/** Where the inspector stands. */
type Place = 'popup' | 'frame'

let actor: AnyActorRef | undefined
let inspector: Window | null = null

const app = {
  /** As the docs of the standard say. */
  standard(url: string, place: Place): void {
    const iframe = place === 'frame' ? frame() : null
    const { inspect } = createBrowserInspector({ url, iframe })
    actor = started({ inspect })
    inspector = iframe?.contentWindow ?? window.open('', 'xstateinspector')
  },
  /** As our own docs say. */
  ours(url: string, place: Place): void {
    const iframe = place === 'frame' ? frame() : null
    if (iframe !== null) iframe.src = url
    inspector = iframe?.contentWindow ?? window.open(url)
    if (inspector === null) throw new Error('There is no window.')
    actor = started()
    attachInspector(actor, { link: postMessageLink(inspector, new URL(url).origin) })
  },
  send: (type: string): void => actor?.send({ type }),
  knowsInspector: (): boolean => inspector !== null,
  /** To the inspector, as it is. */
  post: (message: unknown): void => inspector?.postMessage(message, '*'),
  /** The same from another window: a frame within this page. */
  postFromStranger(message: unknown): void {
    const stranger = frame().contentWindow
    const post = Reflect.get(stranger ?? {}, 'Function')('to', 'message', "to.postMessage(message, '*')")
    post(inspector, message)
  },
}

// A page that has come to where the app was learns of the inspector when that says something.
addEventListener('message', ({ source }) => {
  if (source !== null && 'closed' in source) inspector ??= source
})

/** What the test calls. */
export type App = typeof app

Object.assign(window, { app })
