/**
 * The buttons of one panel: two that steer the connection, three that harm it on the server's side.
 *
 * @module
 */
import { type ConnectionState, stateOf } from '../../../../src/index.ts'
import type { FaultName } from '../faults.ts'
import { html, setText } from './dom.ts'
import type { ConnectionSnapshot, Protocol, Subject } from './subject.ts'

const faults: readonly { readonly fault: FaultName; readonly label: string; readonly title: string }[] = [
  { fault: 'cut', label: 'Cut the line', title: 'The server destroys the socket of this panel' },
  {
    fault: 'down',
    label: 'Server down 3 s',
    title: 'The server destroys every connection of this panel for three seconds',
  },
  {
    fault: 'reject',
    label: 'Reject with 503',
    title: 'The server cuts the line and answers 503 with Retry-After for three seconds',
  },
]

/** While one of these lasts, the same button ends it. */
const isOpen = (state: ConnectionState): boolean =>
  state === 'connecting' || state === 'connected' || state === 'reconnecting'

export class Controls {
  readonly #subject: () => Subject
  readonly #flow = html('button', { 'data-does': 'flow' }, 'Pause')
  readonly #life = html('button', { 'data-does': 'life', class: 'strong' }, 'Connect')
  readonly #retry = html('button', { 'data-does': 'retry' }, 'Retry now')
  readonly element: HTMLElement

  constructor(panel: Protocol, subject: () => Subject) {
    this.#subject = subject
    const harm = faults.map(({ fault, label, title }) => {
      const button = html('button', { 'data-does': fault, title, class: 'harm' }, label)
      button.addEventListener('click', () => void inflict(panel, fault))
      return button
    })
    this.element = html(
      'div',
      { class: 'controls' },
      html('div', { role: 'group', 'aria-label': 'Steer the connection' }, this.#life, this.#flow, this.#retry),
      html('div', { role: 'group', 'aria-label': 'Harm the line' }, ...harm),
    )
    this.#life.addEventListener('click', () => {
      if (isOpen(stateOf(this.#subject().snapshot))) this.#subject().send({ type: 'close' })
      else this.#subject().connect()
    })
    this.#flow.addEventListener('click', () => {
      const { flow } = this.#subject().snapshot.context
      this.#subject().send({ type: flow === 'paused' ? 'resume' : 'pause' })
    })
    this.#retry.addEventListener('click', () => this.#subject().send({ type: 'retry' }))
  }

  show(snapshot: ConnectionSnapshot): void {
    const { flow } = snapshot.context
    setText(this.#life, isOpen(stateOf(snapshot)) ? 'Close' : 'Connect')
    setText(this.#flow, flow === 'paused' ? 'Resume' : 'Pause')
    this.#flow.disabled = snapshot.status !== 'active'
    this.#retry.disabled = !snapshot.can({ type: 'retry' })
  }
}

async function inflict(panel: Protocol, fault: FaultName): Promise<void> {
  // When even this request fails the server is gone, and the panels show that better than a message would.
  await fetch(`/demo/fault?panel=${panel}&fault=${fault}`, { method: 'POST' }).catch(() => undefined)
}
