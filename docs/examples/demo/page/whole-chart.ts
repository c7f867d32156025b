/**
 * The chart in full, over the page: every state, every transition, live.
 *
 * @module
 */
import { observeChart } from '../../../../inspector/chart/observe.ts'
import { drawChart } from '../../../../inspector/chart/render.ts'
import { durableConnection } from '../../../../src/index.ts'
import { html } from './dom.ts'
import type { ConnectionRef } from './subject.ts'

/** Scrolls so that what is active stays in sight; the reader's own scrolling is left alone while the pointer is down. */
function follow(view: HTMLElement): () => void {
  let held = false
  const hold = (): void => {
    held = true
  }
  const release = (): void => {
    held = false
  }
  view.addEventListener('pointerdown', hold)
  view.addEventListener('pointerup', release)
  const turn = (): void => {
    const active = view.querySelectorAll('.leaf.active, .final.active')
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
    if (!held) active[0]?.scrollIntoView({ block: 'center', inline: 'center', behavior })
  }
  const changes = new MutationObserver(turn)
  changes.observe(view, { attributeFilter: ['data-phase'], subtree: true })
  requestAnimationFrame(turn)
  return () => changes.disconnect()
}

/** Opens the dialog; Escape, its button or the browser's back gesture close it, and nothing stays behind. */
export function openWholeChart(name: string, actor: ConnectionRef): void {
  const view = html('div', { class: 'view', tabindex: 0, role: 'region', 'aria-label': `Chart of ${name}, scrollable` })
  const close = html('button', { autofocus: true }, 'Close')
  const dialog = html(
    'dialog',
    { 'aria-label': `The whole chart: ${name}` },
    html('header', {}, html('h2', {}, name), close),
    view,
  )
  document.body.append(dialog)
  // Down, because a page is scrolled down: to the right this chart is 2,800 pixels wide.
  const chart = drawChart(view, durableConnection, { direction: () => 'down' })
  const stopObserving = observeChart(actor, chart)
  dialog.showModal()
  const stopFollowing = follow(view)
  close.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => {
    stopFollowing()
    stopObserving()
    chart.remove()
    dialog.remove()
  })
}
