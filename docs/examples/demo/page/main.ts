/**
 * The demo page: three ways to hear the same stream, the server's own log to count them against, and a room.
 *
 * @module
 */
import { html, perFrame } from './dom.ts'
import { Panel } from './panel.ts'
import { Room } from './room.ts'
import { ServerLog } from './server-log.ts'
import { themeSwitch } from './theme.ts'

/** As often as records come, in milliseconds. */
const drawPeriod = 100

const log = new ServerLog()
const panels = [
  new Panel('sse', 'Server-Sent Events', log),
  new Panel('websocket', 'WebSocket', log),
  new Panel('ndjson', 'HTTP streaming', log),
]
const room = new Room()

const brand = html(
  'a',
  { class: 'brand', href: '/' },
  html('img', { src: '/icon.svg', alt: '', width: 22, height: 22 }),
  'statewire',
)
const lead = html(
  'p',
  { class: 'lead' },
  html('b', {}, 'Cut a line and watch it come back.'),
  ' Three connections carry the same telemetry of this server, ten records a second. Each is a statechart, drawn as it runs. Whatever you do to a line, lost and duplicated stay at zero, counted against the log of the server itself.',
)
document.body.append(
  html(
    'header',
    { class: 'top' },
    brand,
    html('span', { class: 'tagline' }, 'streaming transports as statecharts'),
    html('a', { class: 'inspect', href: '/inspector/?here', target: '_blank' }, 'Inspector'),
    themeSwitch(),
  ),
  html(
    'main',
    {},
    html('h1', { class: 'unseen' }, 'statewire demo'),
    lead,
    log.element,
    html('div', { class: 'panels' }, ...panels.map((panel) => panel.element)),
    room.element,
  ),
)

for (const connection of [...panels, room]) connection.connect()

const draw = perFrame(() => {
  for (const part of [log, ...panels]) part.draw()
})
setInterval(draw, drawPeriod)
