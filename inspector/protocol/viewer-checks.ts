/**
 * Whether a question of a viewer is what the protocol says. Apart from what apps tell: an app carries only this.
 *
 * @module
 */
import type { Asked, ViewerMessage } from './messages.ts'
import { type Check, count, NAME_LENGTH, name, oneKind, oneOf, orNull, shape, text } from './shapes.ts'

const isViewerMessage: Check = oneKind({
  sync: shape({ kind: text(4) }),
  want: shape({ kind: text(4), contextOf: orNull(name), texts: oneOf(true, false) }),
  payload: shape({ kind: text(7), seq: count }),
} satisfies Record<ViewerMessage['kind'], Check>)

/** Two names: the hub makes an app's key of its name and of what tells it from others of that name. */
const isAsked = shape({ app: text(2 * NAME_LENGTH), asked: isViewerMessage })

/** The value as a question of a viewer, or `undefined`. */
export function viewerMessage(value: unknown): ViewerMessage | undefined {
  return isViewerMessage(value) ? (value as ViewerMessage) : undefined
}

/** The value as a question to one of the apps of a hub, or `undefined`. */
export function asked(value: unknown): Asked | undefined {
  return isAsked(value) ? (value as Asked) : undefined
}
