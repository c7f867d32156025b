/**
 * A chat in plain JavaScript: one object for the connection, three listeners.
 *
 * @module
 */
import '../style.css'
import { createTransport } from 'statewire'
import { type ChatMessage, emptyConversation, type Piece, piece, question, withPieces } from '../conversation.ts'

function find<Found extends Element>(selector: string): Found {
  const found = document.querySelector<Found>(selector)
  if (found === null) throw new Error(`This page has no ${selector}.`)
  return found
}

const pill = find<HTMLOutputElement>('.pill')
const list = find<HTMLOListElement>('.messages')
const form = find<HTMLFormElement>('form')
const input = find<HTMLInputElement>('input')
const counter = find('.counter')
const trouble = find('.trouble')

const room = createTransport('durable', {
  url: new URL(`/v1/stream/rooms/${new URLSearchParams(location.search).get('room') ?? 'plain'}`, location.href),
  incoming: piece,
})

for (const event of ['connecting', 'connected', 'reconnecting', 'error', 'closed'] as const) room.on(event, showState)
room.on('error', (error) => {
  trouble.textContent = error.message
})
room.on('event', ({ data }) => {
  arrived.push(data)
  draw()
})
// What went wrong has been shown by the listener above.
room.connect().catch(() => undefined)

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const text = input.value.trim()
  if (text === '') return
  input.value = ''
  room.send(question(text)).catch((error: Error) => {
    trouble.textContent = error.message
  })
})
find('[data-does=cut]').addEventListener('click', () => void fetch('/cut', { method: 'POST' }))

function showState(): void {
  pill.textContent = room.getState()
  pill.dataset.state = room.getState()
}

let conversation = emptyConversation
let arrived: Piece[] = []
let renders = 0

/** Once a frame, however many tokens a network packet brings. */
function draw(): void {
  if (arrived.length > 1) return
  requestAnimationFrame(() => {
    conversation = withPieces(conversation, arrived)
    arrived = []
    renders += 1
    conversation.messages.forEach(show)
    const { lost, received, repeated } = conversation
    counter.textContent = `received ${received} · lost ${lost} · repeated ${repeated} · renders ${renders}`
    list.scrollTop = list.scrollHeight
  })
}

function show({ role, state, text }: ChatMessage, index: number): void {
  list.querySelector('.empty')?.remove()
  const item = list.children[index] ?? list.appendChild(document.createElement('li'))
  if (!(item instanceof HTMLElement)) return
  item.dataset.role = role
  item.dataset.state = state
  if (item.textContent !== text) item.textContent = text
}
