/**
 * A program that opens many connections and is slow on each: `slow-attack.ts KIND PORT COUNT TOKEN`. It runs in a process of
 * its own, so that it takes neither file descriptors nor turns of the event loop from the server. It tells its parent when all
 * connections are open, and how they ended.
 *
 * @module
 */

import { connect, type Socket } from 'node:net'

export type Slowness =
  /** Connects, and says nothing. */
  | 'silence'
  /** Sends the head of a request byte by byte, and never its end. */
  | 'heads'
  /** Announces a body and sends it byte by byte. */
  | 'bodies'
  /** Sends heads that are far too long, at full speed. */
  | 'floods'
  /** Opens a WebSocket and does not greet. */
  | 'strangers'
  /** Asks for a stream and takes nothing. */
  | 'deaf'

/** What the parent is told. `ended` counts statuses; `cut` are those who were told nothing. */
export type AttackReport = { readonly open: number } | { readonly ended: Readonly<Record<string, number>> }

const DRIP_MS = 1_000

/** As many as a listener's backlog takes in any case. */
const AT_ONCE = 100

const [kind = '', port = '', count = '', token = ''] = process.argv.slice(2)

const target = '/v1/stream/bad/target'

/** What is sent first, and what is sent again and again. */
const WORDS: Readonly<Record<string, readonly [first: string, then: string]>> = {
  silence: ['', ''],
  heads: [`GET ${target} HTTP/1.1\r\nHost: localhost\r\nX-Slow: `, 'x'],
  bodies: [`${head('POST', target)}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n`, ' '],
  floods: [`${head('GET', target)}X-Flood: ${'x'.repeat(32 * 1024)}\r\n\r\n`, ''],
  strangers: [`${head('GET', '/v1/ws')}${upgrade()}\r\n`, ''],
  deaf: [`${head('GET', `${target}?offset=-1&live=sse`)}\r\n`, ''],
}

function head(method: string, path: string): string {
  const credential = kind === 'strangers' ? '' : `Authorization: Bearer ${token}\r\n`
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${credential}`
}

function upgrade(): string {
  const names = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }
  const all = { ...names, 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Protocol': 'statewire.v1.json' }
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}

const ended = new Map<string, number>()
const sockets = new Set<Socket>()
let isOpen = false

/** How the server put it: the status of its last answer, or the code of its close frame. */
function verdictOn(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  const closing = text.lastIndexOf('\u0088')
  if (text.startsWith('HTTP/1.1 101') && closing !== -1) return String(bytes.readUInt16BE(closing + 2))
  return /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'cut'
}

function reportEnd(): void {
  if (sockets.size === 0) process.send?.({ ended: Object.fromEntries(ended) } satisfies AttackReport)
}

function open(): Promise<void> {
  const [first = '', then = ''] = WORDS[kind] ?? []
  const socket = connect(Number(port), '127.0.0.1')
  const chunks: Buffer[] = []
  let drip: NodeJS.Timeout | undefined
  sockets.add(socket)
  socket.on('error', () => {})
  if (kind !== 'deaf')
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      // A close frame is answered with the end: how long the server waits for one is not the subject.
      if (kind === 'strangers' && verdictOn(Buffer.concat(chunks)) !== '101') socket.end()
    })
  socket.on('close', () => {
    clearInterval(drip)
    sockets.delete(socket)
    const verdict = verdictOn(Buffer.concat(chunks))
    ended.set(verdict, (ended.get(verdict) ?? 0) + 1)
    if (isOpen) reportEnd()
  })
  return new Promise((resolve) => {
    socket.once('close', resolve)
    socket.once('connect', () => {
      socket.write(first)
      if (then !== '') drip = setInterval(() => socket.write(then), DRIP_MS)
      resolve()
    })
  })
}

// Sockets that are not read keep no process alive. The parent does, and its end is ours.
process.channel?.ref()
process.on('disconnect', () => process.exit())

for (let opened = 0; opened < Number(count); opened += AT_ONCE)
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, Number(count) - opened) }, open))
process.send?.({ open: sockets.size } satisfies AttackReport)
// The first may be over before the last is open.
isOpen = true
reportEnd()
