/** @jsxImportSource preact */
/**
 * The line between two parts of the page: dragged, or moved with the arrow keys.
 *
 * @module
 */
import { useSignal } from '@preact/signals'
import { useEnvironment } from './environment.ts'

export interface SplitterProps {
  readonly name: string
  /** The custom property that holds the size, in pixels. */
  readonly property: '--tree' | '--panel-width' | '--timeline' | '--dock'
  readonly start: number
  readonly least: number
  readonly most: number
  /** Where the part lies that grows: dragging away from there makes it larger. */
  readonly grows: 'left' | 'right' | 'bottom'
  /** Hears each new size. */
  readonly onSize?: ((size: number) => void) | undefined
}

const keyStep = 16

export function Splitter({ name, property, start, least, most, grows, onSize }: SplitterProps) {
  const { root } = useEnvironment()
  const size = useSignal(start)
  const resize = (next: number): void => {
    size.value = Math.round(Math.min(most, Math.max(least, next)))
    root.style.setProperty(property, `${size.value}px`)
    onSize?.(size.value)
  }
  const drag = (event: PointerEvent): void => {
    const handle = event.currentTarget
    if (!(handle instanceof HTMLElement) || event.button !== 0) return
    handle.setPointerCapture(event.pointerId)
    const [from, before] = [grows === 'bottom' ? event.clientY : event.clientX, size.peek()]
    const move = (moved: PointerEvent): void => {
      const by = (grows === 'bottom' ? moved.clientY : moved.clientX) - from
      resize(grows === 'left' ? before + by : before - by)
    }
    const stop = new AbortController()
    handle.addEventListener('pointermove', move, { signal: stop.signal })
    handle.addEventListener('lostpointercapture', () => stop.abort(), { signal: stop.signal })
  }
  const press = (event: KeyboardEvent): void => {
    const larger = { left: 'ArrowRight', right: 'ArrowLeft', bottom: 'ArrowUp' }[grows]
    const smaller = { left: 'ArrowLeft', right: 'ArrowRight', bottom: 'ArrowDown' }[grows]
    if (event.key !== larger && event.key !== smaller) return
    event.preventDefault()
    event.stopPropagation()
    resize(size.peek() + (event.key === larger ? keyStep : -keyStep))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is a widget, a rule is not.
    <div
      class="splitter"
      data-grows={grows}
      role="separator"
      aria-label={name}
      aria-orientation={grows === 'bottom' ? 'horizontal' : 'vertical'}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={size.value}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={press}
    />
  )
}
