import { expect, test } from 'vitest'
import { rowNames } from './row.ts'
import { faults } from './table.ts'

/** What issue 3 asks for. */
const wanted = [
  ...['F01', 'F02', 'F03', 'F04', 'F05', 'F06', 'F08', 'F10', 'F11', 'F13', 'F14', 'F15', 'F16', 'F18', 'F19', 'F20'],
  ...['F21', 'F22', 'F23', 'F24', 'F41', 'F42', 'F47', 'F48', 'F49', 'B63', 'B64', 'B65', 'B66'],
]

test('every fault that is wanted runs somewhere', () => {
  for (const id of wanted) {
    const drivers = faults.filter((fault) => fault.id === id).flatMap(({ cells }) => Object.values(cells))
    expect(
      drivers.filter((cell) => typeof cell === 'function'),
      id,
    ).not.toEqual([])
  }
})

test('every cell has a driver or says why it is empty', () => {
  for (const { cells, id } of faults) {
    for (const name of rowNames) {
      const cell = cells[name]
      expect(typeof cell === 'function' || cell.length > 15, `${id} on ${name}`).toBe(true)
    }
  }
})
