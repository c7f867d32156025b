/**
 * The numbers of one panel: what arrived, what is missing, where it stands.
 *
 * @module
 */
import type { TransportError } from '../../../../src/index.ts'
import { html, setText } from './dom.ts'
import type { Count } from './tally.ts'

function figure(name: string, title: string): { readonly group: HTMLElement; readonly value: HTMLElement } {
  const value = html('dd', { 'data-figure': name }, '0')
  return { group: html('div', { title }, html('dt', {}, name), value), value }
}

const whole = new Intl.NumberFormat('en')

export class Figures {
  readonly #received = figure('received', 'Different records that arrived here')
  readonly #lost = figure(
    'lost',
    "Numbers in the server's log, from the first to the last that arrived here, which never arrived",
  )
  readonly #duplicated = figure('duplicated', 'Records that arrived a second time')
  readonly #position = figure('position', '')
  readonly #checked = figure('checked to', "The last number counted against the server's log")
  readonly #attempt = figure('attempts', 'Failed attempts in a row')
  readonly #wait = figure('next try', 'The wait before the next attempt')
  readonly #trouble = html('p', { class: 'trouble' })
  readonly element = html(
    'div',
    { class: 'figures' },
    html('dl', { class: 'counts' }, this.#received.group, this.#lost.group, this.#duplicated.group),
    html('dl', { class: 'places' }, this.#position.group, this.#checked.group, this.#attempt.group, this.#wait.group),
    this.#trouble,
  )

  show(count: Count, { first, last }: { first: number | null; last: number | null }, wait: number | null): void {
    const { received, lost, duplicated, checkedTo } = count
    setText(this.#received.value, whole.format(received))
    setText(this.#lost.value, whole.format(lost))
    setText(this.#duplicated.value, whole.format(duplicated))
    this.#lost.group.dataset.bad = String(lost > 0)
    this.#duplicated.group.dataset.bad = String(duplicated > 0)
    setText(this.#position.value, last === null ? '–' : `#${last}`)
    this.#position.group.title = first === null ? '' : `Number of the last record that arrived; the first was #${first}`
    setText(this.#checked.value, checkedTo === null ? '–' : `#${checkedTo}`)
    setText(this.#wait.value, wait === null ? '–' : `${(wait / 1000).toFixed(1)} s`)
  }

  showTrouble({ attempt, failure }: { readonly attempt: number; readonly failure: TransportError | null }): void {
    setText(this.#attempt.value, String(attempt))
    setText(this.#trouble, failure?.message ?? '')
    this.#trouble.title = failure === null ? '' : `${failure.code}: ${failure.message}`
  }
}
