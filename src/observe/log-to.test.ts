import pino from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import type { Order } from '../../test/rigs/protocol.ts'
import { rows, type TransportRow } from '../../test/transports/rows.ts'
import { freshRoom, Session, type SessionOptions } from '../../test/transports/session.ts'
import { nextUncaught } from '../../test/uncaught.ts'
import { logTo } from './log-to.ts'
import type { LogLevel, MessageFirstLogger } from './logger.ts'
import { measure } from './measure.ts'

interface Line {
  readonly level: LogLevel
  readonly message: string
  readonly fields: Record<string, unknown>
}

/** Console's shape, kept instead of printed. */
function memory(): { readonly logger: MessageFirstLogger; readonly lines: Line[] } {
  const lines: Line[] = []
  const at =
    (level: LogLevel) =>
    (message: string, fields: object): void => {
      // As any sink does, so that a field which cannot be written shows.
      lines.push({ level, message, fields: JSON.parse(JSON.stringify(fields)) })
    }
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines }
}

/** pino itself, with its output kept. */
function memoryPino(level: string) {
  const lines: Record<string, unknown>[] = []
  return { logger: pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line)) }), lines }
}

function rowNamed(name: string): TransportRow {
  const found = rows.find((row) => row.name === name)
  if (found === undefined) throw new Error(`No transport is called ${name}.`)
  return found
}

const sse = rowNamed('sse')
const opening: Order = { append: ['one', 'two'] }

async function sessionOver(row: TransportRow, order: Order, options: SessionOptions = {}) {
  const room = await freshRoom(order)
  return { room, session: new Session(row, room, options) }
}

it('tells the life of a connection in a few lines, each at its level', async () => {
  const { room, session } = await sessionOver(sse, opening)
  const { logger, lines } = memory()
  logTo(session.actor, logger, { name: 'feed' })
  await session.connect()
  await session.untilTexts(2)
  await room.order({ cut: true })
  await session.until(({ said }) => said.filter(({ type }) => type === 'connected').length === 2)
  session.actor.send({ type: 'close', code: 4001, reason: 'private words' })

  expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'info: connecting',
    'info: connected',
    'warn: reconnecting',
    'warn: connected again',
    'info: closed',
  ])
  expect(lines[1]?.fields).toEqual({ connection: 'feed', protocol: 'sse' })
  expect(lines[2]?.fields).toMatchObject({ connection: 'feed', attempt: 1, code: 'network' })
  expect(lines[3]?.fields).toMatchObject({ protocol: 'sse', attempts: 1, afterMs: lines[2]?.fields.delayMs })
  expect(lines[4]?.fields).toEqual({ connection: 'feed', reason: 'closed', code: 4001, received: 2, sent: 0 })
})

it('says at debug every transition with its event, and of a message only what it looks like from outside', async () => {
  const { session } = await sessionOver(sse, { append: [{ data: 'secret words', event: 'news' }] })
  const { logger, lines } = memory()
  logTo(session.actor, logger, { level: 'debug' })
  await session.connect()
  await session.untilTexts(1)
  session.actor.send({ type: 'pause' })
  session.actor.send({ type: 'close' })
  await Promise.resolve()

  const transitions = lines.filter(({ message }) => message === 'transition').map(({ fields }) => fields)
  expect(transitions.map(({ from, to, event }) => `${from} > ${to} by ${event}`)).toEqual([
    'idle > connecting by connect',
    expect.stringMatching(/^connecting > connected\.\S+, connected\.\S+ by xstate\.done\.actor\.dial$/),
    expect.stringMatching(/^connected\..* > .*connected\.flow\.paused.* by pause$/),
    expect.stringMatching(/ > closed by close$/),
  ])
  const messages = lines.filter(({ message }) => message === 'message received')
  expect(messages.map(({ fields }) => fields)).toEqual([
    { connection: session.actor.sessionId, size: 12, name: 'news', position: true },
  ])
})

it('logs a failure that ends the connection as an error, by its code and status', async () => {
  const { session } = await sessionOver(sse, { faults: [{ kind: 'refuse', status: 403 }] })
  const { logger, lines } = memory()
  logTo(session.actor, logger)
  session.actor.send({ type: 'connect' })
  await session.untilState('error')
  expect(lines.at(-1)).toMatchObject({
    level: 'error',
    message: 'gave up',
    fields: { code: 'http_status', status: 403 },
  })
})

it('logs a message that cannot be sent as refused, and stays with the connection', async () => {
  const { session } = await sessionOver(sse, opening, { outbox: { bytes: 8 } })
  const { logger, lines } = memory()
  logTo(session.actor, logger)
  await session.connect()
  session.actor.send({ type: 'send', data: 'more than eight bytes' })
  await session.until(({ said }) => said.some(({ type }) => type === 'error'))
  expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'message refused', fields: { code: 'outbox_full' } })
  expect(session.state).toBe('connected')
})

it('takes a pino logger as it is, and leaves the messages alone unless pino wants debug', async () => {
  const quiet = memoryPino('info')
  const loud = memoryPino('debug')
  const { session } = await sessionOver(sse, opening)
  logTo(session.actor, quiet.logger)
  logTo(session.actor, loud.logger.child({ part: 'feed' }))
  await session.connect()
  await session.untilTexts(2)
  const received = (line: Record<string, unknown>): boolean => line.msg === 'message received'
  expect(quiet.lines.map(({ msg }) => msg)).toEqual(['connecting', 'connected'])
  expect(quiet.lines[1]).toMatchObject({ level: 30, protocol: 'sse' })
  expect(loud.lines.filter(received)).toHaveLength(2)
  expect(loud.lines.find(received)).toMatchObject({ level: 20, size: 3, position: true, part: 'feed' })
})

it('shows origin and path of the URL only when asked to, and never its query', async () => {
  const room = await freshRoom(opening)
  const url = `${room.url}/sse?token=private`
  const session = new Session(sse, room, { url })
  const without = memory()
  const asked = memory()
  logTo(session.actor, without.logger)
  logTo(session.actor, asked.logger, { url: true })
  await session.connect()
  expect(asked.lines.map(({ fields }) => fields.url)).toEqual([`${room.url}/sse`, `${room.url}/sse`])
  expect(JSON.stringify(without.lines)).not.toContain(room.url)
  expect(JSON.stringify([without.lines, asked.lines])).not.toContain('private')
})

it('lets no logger that throws disturb the connection', async () => {
  const { session } = await sessionOver(sse, opening)
  let calls = 0
  const broken = (): never => {
    calls += 1
    throw new Error('The disk is full.')
  }
  const uncaught = nextUncaught()
  logTo(session.actor, { debug: broken, info: broken, warn: broken, error: broken }, { level: 'debug' })
  await session.connect()
  await session.untilTexts(2)
  expect(calls).toBeGreaterThan(4)
  // Proof that nothing else came before: the first uncaught exception is our own.
  const own = new Error('ours')
  setTimeout(() => {
    throw own
  })
  expect(await uncaught).toBe(own)
})

it('writes nothing after it was stopped', async () => {
  const { session } = await sessionOver(sse, opening)
  const { logger, lines } = memory()
  const stop = logTo(session.actor, logger, { level: 'debug' })
  stop()
  await session.connect()
  await session.untilTexts(2)
  expect(lines).toEqual([])
})

it('draws no control characters of a remote event name', async () => {
  const { session } = await sessionOver(sse, { append: [{ data: 'x', event: `\u001b[2Jwiped${'!'.repeat(200)}` }] })
  const { logger, lines } = memory()
  logTo(session.actor, logger, { level: 'debug' })
  await session.connect()
  await session.untilTexts(1)
  const name = lines.find(({ message }) => message === 'message received')?.fields.name
  expect(name).toBe(`\u{FFFD}[2Jwiped${'!'.repeat(71)}`)
})

it('says that the actor itself failed, which its subscription would otherwise hide', () => {
  const crash = (): never => {
    throw new Error('private words')
  }
  const actor = createActor(sse.logic.provide({ actions: { sayConnecting: crash } }), { input: {} })
  const { logger, lines } = memory()
  logTo(actor, logger)
  const metrics = measure(actor)
  actor.start()
  actor.send({ type: 'connect' })
  expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'gave up', fields: { code: 'internal' } })
  expect(metrics.snapshot().gaveUp).toEqual({ internal: 1 })
  expect(JSON.stringify(lines)).not.toContain('private')
})

it('refuses an actor that is no connection', () => {
  const other = createActor(sse.logic, { input: {} })
  onTestFinished(() => void other.stop())
  const stranger = Object.assign(Object.create(null), other)
  expect(() => logTo(stranger, memory().logger)).toThrow(expect.objectContaining({ code: 'bad_option' }))
})
