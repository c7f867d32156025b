/**
 * What a file of the suite counts: architecture.md section 8 wants the shares of connections that came back and of logs that
 * came whole, or whose loss was said.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import { outcomeFolder, table } from './figures.ts'
import { outcomes } from './outcomes.ts'

/** Prints the file's figures after its last test, and leaves them for `report.ts`. */
export function tallyAs(name: string): void {
  afterAll(() => {
    mkdirSync(outcomeFolder, { recursive: true })
    writeFileSync(new URL(`${name}.json`, outcomeFolder), JSON.stringify(outcomes()))
    console.info(`Faults, ${name}:\n${table(outcomes())}`)
  })
}
