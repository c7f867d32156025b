/**
 * The one panel of a page, for as long as somebody has something to show in it.
 *
 * @module
 */
import type { Attachable } from '../attach/attach.ts'
import type { InspectOptions } from './attachments.ts'
import { defineInspector, type InspectorElement } from './element.ts'
import type { InspectorParts } from './parts.ts'
import type { DockedPlace, Theme } from './place.ts'

export interface ShowOptions extends InspectOptions {
  /** Default: as the system has it. The first one to show something decides. */
  readonly theme?: Theme | undefined
  /** Where it stands the first time. Default `bottom`. */
  readonly place?: DockedPlace | undefined
}

export type ShowInspector = (given: Attachable, options: ShowOptions, parts: InspectorParts) => () => void

interface Shown {
  readonly element: InspectorElement
  holders: number
}

let shown: Shown | null = null

function panelWith({ theme = 'system', place = 'bottom' }: ShowOptions, parts: InspectorParts): Shown {
  defineInspector()
  const element = document.createElement('statewire-inspector')
  element.always = parts
  element.theme = theme
  element.setAttribute('place', place)
  document.body.append(element)
  return { element, holders: 0 }
}

/** Shows an actor in the page's panel, which is made for the first one and goes with the last. @throws TransportError `bad_option` */
export const showInspector: ShowInspector = (given, options, parts) => {
  shown ??= panelWith(options, parts)
  const panel = shown
  panel.holders += 1
  let state: 'shown' | 'left' = 'shown'
  let forget = (): void => {}
  const leave = (): void => {
    if (state === 'left') return
    state = 'left'
    forget()
    panel.holders -= 1
    // React and module reloading leave and come back in one go: the panel stays as it is meanwhile.
    queueMicrotask(() => {
      if (panel.holders > 0 || shown !== panel) return
      shown = null
      panel.element.remove()
    })
  }
  try {
    forget = panel.element.inspect(given, options)
  } catch (failure) {
    leave()
    throw failure
  }
  return leave
}
