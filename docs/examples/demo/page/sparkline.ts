/**
 * The last seconds of one figure, on the server's own time. What arrived late, after a cut, is drawn in another colour:
 * one sees the hole close.
 *
 * @module
 */
import { svg } from '../../../../inspector/chart/svg.ts'

const seconds = 20
const width = 240
const height = 56
/** Later than this and a record was waiting for its line to come back. */
const lateBy = 500

interface Sample {
  readonly time: number
  readonly value: number
  readonly late: boolean
}

export class Sparkline {
  readonly element: SVGSVGElement
  readonly #line = svg('path', { class: 'spark-line' })
  readonly #area = svg('path', { class: 'spark-area' })
  readonly #late = svg('path', { class: 'spark-late' })
  #samples: Sample[] = []
  /** How far this clock is ahead of the server's, seen from the promptest record. */
  #skew = Number.POSITIVE_INFINITY

  constructor(label: string) {
    const attributes = {
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    }
    this.element = svg('svg', { class: 'spark', ...attributes }, this.#area, this.#line, this.#late)
  }

  add(time: number, value: number): void {
    const delay = Date.now() - time
    this.#skew = Math.min(this.#skew, delay)
    this.#samples.push({ time, value, late: delay - this.#skew > lateBy })
    const oldest = time - seconds * 1000
    while ((this.#samples[0]?.time ?? time) < oldest) this.#samples.shift()
  }

  draw(): void {
    const now = Date.now() - (Number.isFinite(this.#skew) ? this.#skew : 0)
    const x = (time: number): string => (width - ((now - time) / (seconds * 1000)) * width).toFixed(1)
    const y = (value: number): string => (height - 2 - (Math.min(100, value) / 100) * (height - 6)).toFixed(1)
    const at = ({ time, value }: Sample): string => `${x(time)} ${y(value)}`
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    const line = this.#samples.map((sample, index) => `${index === 0 ? 'M' : 'L'} ${at(sample)}`).join(' ')
    const late = this.#samples.map((sample, index) => {
      const follows = sample.late && this.#samples[index - 1]?.late === true
      return sample.late ? `${follows ? 'L' : 'M'} ${at(sample)}` : ''
    })
    this.#line.setAttribute('d', line)
    this.#late.setAttribute('d', late.join(' '))
    const closed =
      first === undefined || last === undefined
        ? ''
        : `${line} L ${x(last.time)} ${height} L ${x(first.time)} ${height} Z`
    this.#area.setAttribute('d', closed)
  }
}
