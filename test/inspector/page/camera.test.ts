import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Camera,
  fitScale,
  fitted,
  followed,
  panned,
  readable,
  shows,
  viewBoxOf,
  zoomed,
} from '../../../inspector/page/chart/camera.ts'

const size = fc.record({ width: fc.integer({ min: 200, max: 2_000 }), height: fc.integer({ min: 200, max: 1_500 }) })
const chart = fc
  .record({ width: fc.integer({ min: 40, max: 6_000 }), height: fc.integer({ min: 40, max: 6_000 }) })
  .map(({ width, height }) => ({ x: -4, y: -2, width, height }))
const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('a camera that follows', () => {
  test('keeps the text of chips readable, whatever the chart and the room', () => {
    fc.assert(
      fc.property(chart, size, share, share, (box, room, across, down) => {
        const active = {
          x: box.x + across * (box.width - 20),
          y: box.y + down * (box.height - 20),
          width: 20,
          height: 20,
        }
        const camera = followed(box, active, room)
        expect(camera.scale).toBeGreaterThanOrEqual(readable)
        expect(
          shows({ ...camera, x: camera.x - 16, y: camera.y - 16 }, active, {
            width: room.width + 32,
            height: room.height + 32,
          }),
        ).toBe(true)
      }),
    )
  })

  test('shows the whole chart when that can be read', () => {
    const box = { x: 0, y: 0, width: 400, height: 500 }
    const room = { width: 800, height: 700 }
    expect(followed(box, { x: 0, y: 0, width: 10, height: 10 }, room)).toEqual(fitted(box, room))
    expect(shows(fitted(box, { width: 900, height: 900 }), box, { width: 900, height: 900 })).toBe(true)
  })

  test('does not look beyond the rim of a chart that is larger than the room', () => {
    const camera = followed(
      { x: 0, y: 0, width: 5_000, height: 400 },
      { x: 0, y: 0, width: 80, height: 30 },
      { width: 800, height: 600 },
    )
    expect(camera.x).toBeCloseTo(-8 / readable)
  })
})

test('what is under the pointer stays under it while it zooms', () => {
  fc.assert(
    fc.property(share, share, fc.double({ min: 0.2, max: 5, noNaN: true }), (x, y, factor) => {
      const camera: Camera = { x: 10, y: 20, scale: 0.7 }
      const at = { x: x * 800, y: y * 600 }
      const after = zoomed(camera, at, factor)
      expect(after.x + at.x / after.scale).toBeCloseTo(camera.x + at.x / camera.scale, 6)
      expect(after.y + at.y / after.scale).toBeCloseTo(camera.y + at.y / camera.scale, 6)
    }),
  )
})

test('the chart moves with the hand, at any scale', () => {
  expect(panned({ x: 0, y: 0, scale: 0.5 }, { x: 10, y: -20 })).toEqual({ x: -20, y: 40, scale: 0.5 })
})

test('a small chart is not blown up to a poster', () => {
  expect(fitScale({ x: 0, y: 0, width: 50, height: 50 }, { width: 2_000, height: 2_000 })).toBe(1.3)
})

test('the view box has the proportions of the room', () => {
  expect(viewBoxOf({ x: 1, y: 2, scale: 2 }, { width: 800, height: 600 })).toBe('1 2 400 300')
})
