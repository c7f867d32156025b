/**
 * A piece of SVG as plain data: what a page turns into elements and an export into text.
 *
 * @module
 */
export type Attributes = Readonly<Record<string, string | number>>

type ShapeTag = 'circle' | 'desc' | 'g' | 'path' | 'rect' | 'style' | 'svg' | 'text' | 'title' | 'tspan'

export interface Shape<Tag extends ShapeTag = ShapeTag> {
  readonly tag: Tag
  readonly attributes: Attributes
  readonly children: readonly (Shape | string)[]
}

export function shape<Tag extends ShapeTag>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Shape | string)[]
): Shape<Tag> {
  return { tag, attributes, children }
}
