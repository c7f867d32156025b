/** @jsxImportSource preact */
/**
 * The frame around the page in a panel: where it stands, how large it is, and the way out.
 *
 * @module
 */
import { Icon, type IconName } from '../page/shell/icon.tsx'
import { Shell } from '../page/shell/shell.tsx'
import { Splitter } from '../page/shell/splitter.tsx'
import { type Place, sizes } from './place.ts'

const places: readonly { readonly place: Place; readonly title: string; readonly icon: IconName }[] = [
  { place: 'bottom', title: 'At the bottom', icon: 'foot' },
  { place: 'right', title: 'At the right', icon: 'panel' },
  { place: 'window', title: 'In its own window', icon: 'window' },
]

/** Of these, Escape closes the thing itself. */
const ownEscape = 'input, textarea, dialog, [role=menu], .details, [data-drawer=wide]'

export interface DockProps {
  readonly place: Place
  /** In pixels; of no matter in a window. */
  readonly size: number
  readonly onPlace: (place: Place) => void
  readonly onSize: (size: number) => void
  readonly onCollapse: () => void
}

export function Dock({ place, size, onPlace, onSize, onCollapse }: DockProps) {
  const press = (event: KeyboardEvent): void => {
    const { target } = event
    if (event.key !== 'Escape' || event.defaultPrevented) return
    if (target instanceof Element && target.closest(ownEscape) !== null) return
    event.preventDefault()
    onCollapse()
  }
  return (
    <section class="dock" data-place={place} aria-label="statewire inspector" onKeyDown={press}>
      <div class="dock-bar">
        <span>statewire</span>
        <span class="filler" />
        {places.map(({ place: other, title, icon }) => (
          <button
            type="button"
            key={other}
            aria-pressed={other === place}
            aria-label={title}
            title={title}
            onClick={() => onPlace(other)}
          >
            <Icon name={icon} />
          </button>
        ))}
        <button type="button" data-collapse aria-label="Collapse" title="Collapse (Escape)" onClick={onCollapse}>
          <Icon name="minus" />
        </button>
      </div>
      <Shell />
      {place === 'window' ? null : (
        <Splitter
          key={place}
          name="Size of the inspector"
          property="--dock"
          start={size}
          {...sizes[place]}
          grows={place}
          onSize={onSize}
        />
      )}
    </section>
  )
}
