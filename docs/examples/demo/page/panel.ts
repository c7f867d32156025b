/**
 * One protocol: its connection, its chart, its numbers, and the buttons that harm it.
 *
 * @module
 */
import { observeChart } from '../../../../inspector/chart/observe.ts'
import { phaseOf } from '../../../../inspector/chart/phase.ts'
import { type Chart, drawChart } from '../../../../inspector/chart/render.ts'
import { durableConnection, stateOf } from '../../../../src/index.ts'
import type { TelemetryRecord } from '../telemetry.ts'
import { Controls } from './controls.ts'
import { html, setText } from './dom.ts'
import { Figures } from './figures.ts'
import type { ServerLog } from './server-log.ts'
import { Sparkline } from './sparkline.ts'
import { type ConnectionRef, type ConnectionSnapshot, type Protocol, Subject } from './subject.ts'
import { Tally } from './tally.ts'
import { isTelemetry } from './telemetry-record.ts'
import { openWholeChart } from './whole-chart.ts'

export class Panel {
  readonly element: HTMLElement
  readonly #log: ServerLog
  readonly #tally = new Tally()
  readonly #figures = new Figures()
  readonly #controls: Controls
  readonly #state = html('span', { class: 'pill' })
  readonly #now = html('span', { class: 'now' }, '–')
  readonly #facts = html('p', { class: 'facts' }, 'Nothing has arrived yet.')
  readonly #spark: Sparkline
  readonly #chart: Chart
  readonly #subject: Subject
  #stopObserving: () => void = () => {}
  #actor: ConnectionRef | undefined
  #newest: TelemetryRecord | undefined
  /** When the wait before the next attempt is over, on this page's clock. */
  #retryAt: number | null = null

  constructor(via: Protocol, name: string, log: ServerLog) {
    this.#log = log
    const title = html('h2', { id: `title-${via}` }, name)
    const whole = html(
      'button',
      { class: 'quiet', title: 'The whole chart, every state and transition' },
      'Whole chart',
    )
    this.#spark = new Sparkline(`Busy share of the server's processors over the last seconds, by ${name}`)
    this.#controls = new Controls(via, () => this.#subject)
    const live = html(
      'div',
      { class: 'live' },
      html('div', { class: 'reading' }, html('span', {}, 'Server CPU'), this.#now, this.#facts),
      this.#spark.element,
    )
    const chart = html('div', { class: 'drawing' }, whole)
    this.element = html(
      'section',
      { class: 'panel card', id: `panel-${via}`, 'aria-labelledby': title.id },
      html('header', {}, title, this.#state),
      live,
      this.#figures.element,
      // Above the chart: on a laptop's screen the buttons, the numbers and the state they change are seen together.
      this.#controls.element,
      chart,
    )
    // Drawn before the connection exists, so that the page teaches its chart before anything moves.
    this.#chart = drawChart(chart, durableConnection, { density: 'compact' })
    this.#subject = new Subject({
      name: via,
      url: `/v1/stream/telemetry?panel=${via}`,
      via,
      from: 'now',
      onGap: 'jump',
      onRenewed: () => this.#tally.reset(),
      onMessage: (data) => this.#take(data),
      onSnapshot: (snapshot) => this.#show(snapshot),
      onActor: (actor) => this.#watch(actor),
    })
    whole.addEventListener('click', () => {
      if (this.#actor !== undefined) openWholeChart(name, this.#actor)
    })
  }

  connect(): void {
    this.#subject.connect()
  }

  /** Redraws the numbers. Not with each record: one layout of the page shows what all three panels have to say. */
  draw(): void {
    this.#spark.draw()
    const left = this.#retryAt === null ? null : Math.max(0, this.#retryAt - performance.now())
    const { first, last } = this.#tally
    this.#figures.show(this.#tally.against(this.#log.telemetry), { first, last }, left)
    if (this.#newest === undefined) return
    const { cpu, load, loopDelay } = this.#newest
    setText(this.#now, `${cpu.toFixed(1)} %`)
    setText(this.#facts, `load ${load.toFixed(2)} · late ${loopDelay.toFixed(0)} ms`)
  }

  /** A fresh actor after `close`: the chart turns to it, the counts go on. */
  #watch(actor: ConnectionRef): void {
    this.#stopObserving()
    this.#actor = actor
    this.#stopObserving = observeChart(actor, this.#chart)
    this.#show(actor.getSnapshot())
  }

  /** Once per record, ten times a second on each panel: counts, and touches no element. */
  #take(data: unknown): void {
    if (!isTelemetry(data)) return
    this.#tally.note(data.seq)
    this.#spark.add(data.time, data.cpu)
    this.#newest = data
  }

  #show(snapshot: ConnectionSnapshot): void {
    const isWaiting = snapshot.matches({ reconnecting: 'waiting' })
    // A snapshot may come twice within one wait: the clock starts with the first.
    if (!isWaiting) this.#retryAt = null
    else this.#retryAt ??= performance.now() + snapshot.context.delay
    this.element.dataset.phase = phaseOf(snapshot)
    this.element.dataset.state = stateOf(snapshot)
    setText(this.#state, stateOf(snapshot))
    this.#controls.show(snapshot)
    this.#figures.showTrouble(snapshot.context)
  }
}
