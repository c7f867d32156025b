/**
 * Shapes as text: XML that is well-formed whatever a machine's author has called his states.
 *
 * @module
 */
import type { Shape } from '../chart/shape.ts'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 cannot hold the other control characters, lone surrogates and two non-characters, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu

export function escaped(text: string): string {
  return text.replace(impossible, '\ufffd').replace(/[&<>"]/g, (character) => entities[character] ?? character)
}

export function markupOf({ tag, attributes, children }: Shape): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
  const inner = children.map((child) => (typeof child === 'string' ? escaped(child) : markupOf(child)))
  const start = `<${tag}${written.join('')}`
  if (inner.length === 0) return `${start}/>`
  // A group a line keeps the difference between two versions readable.
  return tag === 'g' || tag === 'svg'
    ? `${start}>\n${inner.join('\n')}\n</${tag}>`
    : `${start}>${inner.join('')}</${tag}>`
}
