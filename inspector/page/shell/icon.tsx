/** @jsxImportSource preact */
/**
 * The page's own signs, 12 by 12, strokes of 1.3.
 *
 * @module
 */
const shapes = {
  minus: 'M2.5 6h7',
  plus: 'M2.5 6h7M6 2.5v7',
  close: 'm3 3 6 6M9 3 3 9',
  menu: 'M2 3.2h8M2 6h8M2 8.8h8',
  panel: 'M1.8 2.5h8.4v7H1.8zM7 2.5v7',
  foot: 'M1.8 2.5h8.4v7H1.8zM1.8 6.8h8.4',
  window: 'M7 1.8h3.2V5M10.2 1.8 6 6M4.8 2.4h-3v7.8h7.8v-3',
  moon: 'M9.8 7.4A4.2 4.2 0 0 1 4.6 2.2a4.2 4.2 0 1 0 5.2 5.2z',
  sun: 'M6 4a2 2 0 1 1 0 4a2 2 0 1 1 0-4M6 1v1M6 10v1M1 6h1M10 6h1M2.5 2.5l.7.7M8.8 8.8l.7.7M2.5 9.5l.7-.7M8.8 3.2l.7-.7',
  system: 'M1.8 2.2h8.4v5.6H1.8zM4.4 10h3.2M6 7.8V10',
  save: 'M6 1.8v5.6M3.6 5.2 6 7.6l2.4-2.4M2 10h8',
  open: 'M1.8 9.6v-7h3l1.2 1.4h4.2v5.6z',
  copy: 'M4 4h6v6H4zM8 2H2v6',
  pause: 'M4.2 2.5v7M7.8 2.5v7',
  down: 'm3 4.8 3 3 3-3',
  right: 'm4.8 3 3 3-3 3',
} as const

export type IconName = keyof typeof shapes

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  )
}
