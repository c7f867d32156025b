/**
 * Charts all in columns: no wider than a page of text, and drawn without the engine that places layers.
 *
 * @module
 */
import type { ChartGeometry } from './geometry.ts'
import type { ChartModel } from './model.ts'
import { type LayoutOptions, nest } from './nest.ts'
import { layRails } from './rails.ts'

/** More chips than this at one line end in a number. */
export const most = 24

/**
 * Lays a chart out in columns, with a frame that says whose chart it is; compact charts show no such details.
 *
 * @example
 * const geometry = layColumns(chartModel(breakerMachine))
 */
export function layColumns(
  model: ChartModel,
  { density = 'full', frame = 'framed' }: Pick<LayoutOptions, 'density' | 'frame'> = {},
): ChartGeometry {
  const detail = density === 'full' ? { chips: most, frame } : {}
  return nest(model, { density, ...detail, direction: () => 'column' }, (flat) =>
    layRails({ ...flat, stacking: 'below' }),
  )
}
