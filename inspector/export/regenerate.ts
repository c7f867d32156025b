/**
 * `node inspector/export/regenerate.ts`: writes what is derived from our own charts, after one of them has changed: their
 * geometry (inspector/chart/baked) and their pictures (docs/charts).
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bake } from '../chart/baked.ts'
import { layColumns } from '../chart/columns.ts'
import { foldCommon } from '../chart/condense.ts'
import { chartModel } from '../chart/model.ts'
import { ownCharts } from './own-charts.ts'
import { pictures } from './pictures.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

for (const [name, machine] of Object.entries(ownCharts)) {
  const model = foldCommon(chartModel(machine))
  const geometry = JSON.stringify(bake(model, layColumns(model, { frame: 'bare' })))
  const file = `${root}inspector/chart/baked/${name}.ts`
  const comment = `/**\n * Written by inspector/export/regenerate.ts.\n *\n * @module\n */`
  writeFileSync(
    file,
    `${comment}\nimport type { BakedGeometry } from '../baked.ts'\n\nexport const baked: BakedGeometry = ${geometry}\n`,
  )
}
spawnSync('biome', ['check', '--write', 'inspector/chart/baked'], { cwd: root, stdio: 'inherit' })

mkdirSync(`${root}docs/charts`, { recursive: true })
for (const { file, text } of pictures()) writeFileSync(`${root}${file}`, text)
