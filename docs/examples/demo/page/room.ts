/**
 * A room that visitors type into. One stream for all of them; each chooses the way it comes, and may change it between
 * two words: the position goes along, so that nothing is lost or repeated.
 *
 * @module
 */
import { phaseOf } from '../../../../inspector/chart/phase.ts'
import { stateOf } from '../../../../src/index.ts'
import { html, setText } from './dom.ts'
import { type ConnectionSnapshot, type Protocol, Subject } from './subject.ts'

interface Line {
  readonly name: string
  readonly text: string
}

const linesShown = 40
const longestText = 280

function isLine(value: unknown): value is Line {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'text' in value &&
    typeof value.name === 'string' &&
    typeof value.text === 'string'
  )
}

const ways: readonly (readonly [Protocol, string])[] = [
  ['sse', 'SSE'],
  ['websocket', 'WebSocket'],
  ['ndjson', 'NDJSON'],
]

export class Room {
  readonly element: HTMLElement
  // A name nobody has to invent; two visitors with the same one do no harm.
  readonly #name = `visitor ${Math.floor(100 + Math.random() * 900)}`
  readonly #list = html('ol', { class: 'lines', 'aria-live': 'polite', 'aria-label': 'Newest lines', tabindex: 0 })
  readonly #empty = html('p', { class: 'empty' }, 'Nobody has said anything. Open this page twice and type.')
  readonly #state = html('span', { class: 'pill' })
  readonly #text = html('input', {
    type: 'text',
    name: 'text',
    maxlength: longestText,
    autocomplete: 'off',
    placeholder: 'Say something',
    'aria-label': 'Say something',
  })
  #subject: Subject

  constructor() {
    const choices = ways.map(([via, label]) => {
      const radio = html('input', { type: 'radio', name: 'via', value: via, checked: via === 'websocket' })
      radio.addEventListener('change', () => this.#change(via))
      return html('label', {}, radio, html('span', {}, label))
    })
    const send = html('button', { type: 'submit', class: 'strong' }, 'Send')
    const form = html('form', {}, this.#text, send)
    const switcher = html(
      'fieldset',
      { class: 'switch' },
      html('legend', { class: 'unseen' }, 'How this page is connected to the room'),
      ...choices,
    )
    this.element = html(
      'section',
      { class: 'room card', 'aria-labelledby': 'room-title' },
      html('header', {}, html('h2', { id: 'room-title' }, 'The room'), this.#state, switcher),
      html('div', { class: 'talk' }, this.#empty, this.#list),
      form,
      html(
        'p',
        { class: 'hint' },
        `You are ${this.#name}. Your line goes to the server over the way chosen here and comes back over it.`,
      ),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#say(this.#text.value.trim())
    })
    this.#subject = this.#open('websocket', null)
  }

  connect(): void {
    this.#subject.connect()
  }

  #open(via: Protocol, position: string | null): Subject {
    return new Subject({
      name: 'room',
      url: '/v1/stream/room?panel=room',
      via,
      from: '-1',
      position,
      onGap: 'restart',
      onRenewed: () => this.#list.replaceChildren(),
      onMessage: (data) => this.#take(data),
      onSnapshot: (snapshot) => this.#show(snapshot),
      onActor: (actor) => this.#show(actor.getSnapshot()),
    })
  }

  /** The old connection ends before the new one begins, at the position where it ended. */
  #change(via: Protocol): void {
    this.#subject = this.#open(via, this.#subject.stop())
    this.#subject.connect()
  }

  #say(text: string): void {
    if (text === '') return
    // Fire and forget: a line that the server took comes back like everybody else's.
    this.#subject.send({ type: 'send', data: { name: this.#name, text } })
    this.#text.value = ''
  }

  #take(data: unknown): void {
    // The room is open to everyone who reaches this server: what is no line, or a book, is not shown.
    if (!isLine(data)) return
    this.#empty.hidden = true
    const own = data.name === this.#name
    this.#list.append(
      html(
        'li',
        { class: own ? 'own' : '' },
        html('b', {}, data.name.slice(0, 40)),
        html('span', {}, data.text.slice(0, longestText)),
      ),
    )
    // The stream keeps ten thousand lines; a page that shows them all stands still.
    while (this.#list.childElementCount > linesShown) this.#list.firstElementChild?.remove()
    this.#list.scrollTop = this.#list.scrollHeight
  }

  #show(snapshot: ConnectionSnapshot): void {
    this.element.dataset.phase = phaseOf(snapshot)
    this.element.dataset.state = stateOf(snapshot)
    setText(this.#state, stateOf(snapshot))
  }
}
