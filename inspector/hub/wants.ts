/**
 * What the viewers want of one app, put together: an app knows of one wish only.
 *
 * @module
 */
import type { ViewerMessage } from '../protocol/messages.ts'

export type Want = Extract<ViewerMessage, { kind: 'want' }>

const NOTHING: Want = { kind: 'want', contextOf: null, texts: false }

export interface Wants<Viewer> {
  /** Answers what the app has to be told, `undefined` when nothing changed for it. */
  set(viewer: Viewer, want: Want): Want | undefined
  /** The same when a viewer leaves. */
  remove(viewer: Viewer): Want | undefined
}

/** The context that was asked for last; texts while anybody wants them. */
export function createWants<Viewer>(): Wants<Viewer> {
  const wants = new Map<Viewer, Want>()
  let told = NOTHING

  function changed(): Want | undefined {
    const all = [...wants.values()]
    const contextOf = all.findLast((want) => want.contextOf !== null)?.contextOf ?? null
    const together: Want = { kind: 'want', contextOf, texts: all.some(({ texts }) => texts) }
    if (together.contextOf === told.contextOf && together.texts === told.texts) return undefined
    told = together
    return together
  }

  return {
    set(viewer, want) {
      // Last in the order of the map, so that the newest wish wins.
      wants.delete(viewer)
      wants.set(viewer, want)
      return changed()
    },
    remove(viewer) {
      wants.delete(viewer)
      return changed()
    },
  }
}
