/**
 * The small signs in chips and rows, 12 by 12, drawn with strokes. Each kind has one, so that colour never says anything alone.
 *
 * @module
 */
import type { PlacedRow } from './geometry.ts'
import { type Shape, shape } from './shape.ts'

const outlines: Readonly<Record<PlacedRow['icon'], string>> = {
  after: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9M6 3.6V6l1.7 1',
  done: 'M2 6.4 4.8 9.2 10 3.4',
  error: 'M6 2v5M6 9.8v.2',
  always: 'M1.8 6h8M7 3.2 9.8 6 7 8.8',
  event: 'M6.8 1.4 3.2 6.8h2.6l-.8 3.8 3.8-5.6H6.2z',
  invoke: 'M6 1.8a4.2 4.2 0 1 1 0 8.4a4.2 4.2 0 1 1 0-8.4M4.9 4.2v3.6L8 6z',
  entry: 'M1.6 6h5.6M5 3.6 7.4 6 5 8.4M9.8 2v8',
}

export function iconOf(kind: PlacedRow['icon'], x: number, y: number): Shape {
  return shape('path', { class: 'icon', d: outlines[kind], transform: `translate(${x} ${y})` })
}
