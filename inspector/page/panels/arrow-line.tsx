/** @jsxImportSource preact */
/**
 * One arrow of the sequence: a line between two lanes, or a loop at one.
 *
 * @module
 */
import type { Arrow } from '../../session/sequence.ts'
import type { PlacedArrow } from './lanes.ts'

/** Where the line runs in its row, below the label; and the head's length. */
const line = 27
const head = 6

/** Beside its lane, a loop stands at the height of the label. */
function loopAt(x: number): string {
  return `M${x} 8h12a5 5 0 0 1 5 5v4a5 5 0 0 1-5 5H${x + 1}`
}

function headAt(x: number, y: number, direction: 1 | -1): string {
  return `M${x - direction * head} ${y - 3.5}L${x} ${y}L${x - direction * head} ${y + 3.5}z`
}

export interface ArrowLineProps {
  readonly place: PlacedArrow
  readonly width: number
  readonly kind: Arrow['kind']
}

export function ArrowLine({ place, width, kind }: ArrowLineProps) {
  const { from, to } = place
  const loops = from === to
  const direction = to > from ? 1 : -1
  return (
    <svg class="line" width={width} height="36" viewBox={`0 0 ${width} 36`} aria-hidden="true">
      <path class="shaft" d={loops ? loopAt(from) : `M${from} ${line}H${to - direction * 2}`} />
      <path class="tip" d={loops ? headAt(from + 1, 22, -1) : headAt(to, line, direction)} />
      {!loops && <circle class="start" cx={from} cy={line} r={kind === 'message' ? 2 : 2.5} />}
    </svg>
  )
}
