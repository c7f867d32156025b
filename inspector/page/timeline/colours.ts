/**
 * The page's colours as a canvas understands them: it knows neither variables nor `light-dark()`.
 *
 * @module
 */
import type { Phase } from '../../chart/phase.ts'

export type Colours = Readonly<
  Record<Phase | 'canvas' | 'panel' | 'line' | 'edge' | 'text' | 'dim' | 'faint' | 'event', string>
>

/** Reads them as they are for an element: its theme, and the system's. */
export function coloursOf(host: Element): Colours {
  const probe = document.createElement('span')
  probe.hidden = true
  host.append(probe)
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colours = {
    canvas: read('canvas'),
    panel: read('panel'),
    line: read('line'),
    edge: read('edge'),
    text: read('text'),
    dim: read('dim'),
    faint: read('faint'),
    idle: read('idle'),
    pending: read('pending'),
    online: read('online'),
    paused: read('paused'),
    degraded: read('degraded'),
    failed: read('failed'),
    event: read('event'),
  }
  probe.remove()
  return colours
}
