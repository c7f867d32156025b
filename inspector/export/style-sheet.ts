/**
 * The style sheet inside an exported picture. Plain rules with plain colours: viewers that are not browsers know neither
 * custom properties nor `light-dark()`.
 *
 * @module
 */
import { dark, light, type Palette } from './palette.ts'

/** `auto` follows the reader's system. */
export type Theme = 'light' | 'dark' | 'auto'

const sans = "system-ui,-apple-system,'Segoe UI','Helvetica Neue','Noto Sans','DejaVu Sans',sans-serif"
const mono = "ui-monospace,'SF Mono','Cascadia Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace"

/** Every rule begins with the class of the picture: written into a page, it must leave the page alone. */
const rules = (all: readonly (readonly [selector: string, declarations: string])[]): string =>
  all.map(([selector, declarations]) => `.statechart ${selector}{${declarations}}`).join('\n')

const forms = rules([
  ['text', `font:500 11px ${mono}`],
  ['.title', `font:600 12.5px ${sans}`],
  ['.pill>.title', 'font-size:11.5px;font-weight:500'],
  ['.region>.box', 'stroke-dasharray:5 4'],
  ['.line', 'fill:none;stroke-width:1.25'],
  ['.icon', 'fill:none;stroke-width:1.3;stroke-linecap:round;stroke-linejoin:round'],
])

function coloursOf(palette: Palette): string {
  return rules([
    ['.canvas', `fill:${palette.canvas}`],
    ['text', `fill:${palette.dim}`],
    ['.title', `fill:${palette.text}`],
    ['.pill>.title', `fill:${palette.dim}`],
    ['.box', `fill:${palette.node};stroke:${palette.line}`],
    ['.container>.box', `fill:${palette.container}`],
    ['.region>.box', 'fill:none'],
    ['.chip>.box', `fill:${palette.canvas}`],
    ['.line', `stroke:${palette.edge}`],
    ['.arrow', `fill:${palette.edge}`],
    ['.mark', `fill:${palette.edge}`],
    ['.fact', `fill:${palette.text}`],
    ['.event .fact', `fill:${palette.event}`],
    ['.faint', `fill:${palette.faint}`],
    ['.icon', `stroke:${palette.faint}`],
    ['.done .icon', `stroke:${palette.online}`],
    ['.error .icon', `stroke:${palette.failed}`],
  ])
}

export function styleSheet(theme: Theme): string {
  if (theme !== 'auto') return `${forms}\n${coloursOf(theme === 'light' ? light : dark)}`
  return `${forms}\n${coloursOf(light)}\n@media (prefers-color-scheme:dark){\n${coloursOf(dark)}\n}`
}
