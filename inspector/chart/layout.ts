/**
 * Where everything of a chart goes, whatever machine it is.
 *
 * @module
 */
import { bakedGeometry } from './baked.ts'
import { foldCommon } from './condense.ts'
import type { ChartGeometry } from './geometry.ts'
import { layLayers } from './layers.ts'
import type { ChartModel } from './model.ts'
import { type LayoutOptions, nest } from './nest.ts'

export type { LayoutOptions } from './nest.ts'

/**
 * Lays a chart out. Pure, and the same in Node and in a browser. With no option given, charts of this package come out of
 * inspector/chart/baked.
 *
 * @example
 * const geometry = layOut(chartModel(connectionMachine), { density: 'compact' })
 */
export function layOut(model: ChartModel, options: LayoutOptions = {}): ChartGeometry {
  const isPlain = Object.values(options).every((option) => option === undefined || option === 'full')
  const baked = isPlain ? bakedGeometry(foldCommon(model)) : undefined
  return baked ?? nest(model, options, layLayers)
}
