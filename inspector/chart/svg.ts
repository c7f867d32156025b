/**
 * SVG elements by hand.
 *
 * @module
 */
import type { Attributes, Shape } from './shape.ts'

const namespace = 'http://www.w3.org/2000/svg'

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(namespace, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.append(...children)
  return element
}

/** The element that a shape describes. */
export function elementOf<Tag extends Shape['tag']>(shape: Shape<Tag>): SVGElementTagNameMap[Tag] {
  const children = shape.children.map((child) => (typeof child === 'string' ? child : elementOf(child)))
  return svg(shape.tag, shape.attributes, ...children)
}
