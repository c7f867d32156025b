/**
 * Encryption as a codec: inside it another codec, outside it whatever transport carries text.
 *
 * @module
 */
import { type Codec, json } from '../codecs/codec.ts'
import { reportUncaught } from '../connection/report.ts'
import { TransportError, type TransportErrorCode } from '../errors.ts'
import { header, mostMessages } from './header.ts'
import type { KeySource } from './key-ring.ts'
import { open } from './opener.ts'
import { Sealer } from './sealer.ts'
import { Senders, type SequenceGap } from './senders.ts'

/** Two names where each end has its own direction: a message that a server sends back to its sender is then refused. */
export interface Channels {
  readonly send: string
  readonly receive: string
}

/** How much is remembered to recognise a message that comes twice. */
export interface ReplayOptions {
  /**
   * How many sequence numbers are remembered of each sender, 1 to 1,024. Default 1: they may only rise, because every transport
   * here keeps order. More lets late messages pass where something behind the server reorders them.
   */
  readonly window?: number | undefined
  /** How many senders are remembered, up to 65,536. Default 1,024. One more is refused with `limit_exceeded`. */
  readonly senders?: number | undefined
}

/** What both ends agree on, and the limits of this one. */
export interface EncryptedOptions<Received = unknown, Sent = Received> {
  readonly keys: KeySource
  /** What the messages belong to, 1 to 256 characters, the same at both ends. It travels in the clear. */
  readonly channel: string | Channels
  /** What is encrypted. Default `json`. It must make text or bytes. */
  readonly codec?: Codec<Received, Sent> | undefined
  readonly replay?: ReplayOptions | undefined
  /** The largest plaintext in either direction, in bytes. Default 1,048,576. */
  readonly maxBytes?: number | undefined
  /**
   * How many messages one encoder makes under one key before `send()` rejects with `encode_failed`. Default and most 2^32, which
   * is the limit of the key for **all** its users (NIST SP 800-38D section 8.3): divide it by their number.
   */
  readonly messagesPerKey?: number | undefined
  /** Messages of a sender are missing. Called before the message that shows it is handed over. */
  readonly onGap?: ((gap: SequenceGap) => void) | undefined
}

/**
 * End-to-end encryption for a connection. What it returns makes a codec: each connection gets one of its own, with its own
 * sequence numbers and replay windows, and keeps it across reconnections.
 *
 * A message that cannot be accepted is an `error` event (`decrypt_failed`, `replayed`, `wrong_channel`, `unknown_key`,
 * `limit_exceeded`, `decode_failed`), and the stream goes on. `decode` takes one message at a time.
 * Throws `bad_option` for options that do not fit.
 *
 * @example
 * const keys = keyRing('2026-11', await importKey(bytes))
 * const room = connection(webSocket, { codec: encrypted({ keys, channel: 'rooms/42' }) })
 */
export function encrypted<Received = unknown, Sent = Received>(
  options: EncryptedOptions<Received, Sent>,
): () => Codec<Received, Sent> {
  const { keys, onGap, replay = {} } = options
  const inner = (options.codec ?? json) as Codec<Received, Sent>
  const { send, receive } = channelsOf(options.channel)
  const maxBytes = within('maxBytes', options.maxBytes ?? 1_048_576, 2 ** 29)
  const messagesPerKey = within('messagesPerKey', options.messagesPerKey ?? mostMessages, mostMessages)
  const window = within('replay.window', replay.window ?? 1, 1024)
  const most = within('replay.senders', replay.senders ?? 1024, 65_536)

  return () => {
    const sealer = new Sealer({ keys, channel: send, maxBytes, messagesPerKey })
    const opening = { keys, channel: receive, maxBytes, senders: new Senders(window, most) }
    let latest = 0
    return {
      async decode(token, isWanted = () => true) {
        // A connection reads one message after the other. One that comes while another waits for its key means that the link was
        // given up meanwhile, and that the server now repeats what was never handed over.
        latest += 1
        const turn = latest
        const { payload, sender, lost } = await open(token, opening, () => turn === latest && isWanted())
        if (lost > 0 && onGap !== undefined) tell(onGap, { sender, lost })
        return guarded('decode_failed', 'A decrypted message could not be decoded.', () => inner.decode(payload()))
      },
      encode: (value) =>
        guarded('encode_failed', 'The value to send could not be encrypted.', () =>
          sealer.seal(() => inner.encode(value)),
        ),
    }
  }
}

/** A codec's own error may quote what it could not read (`JSON.parse` does): it is not even kept as the cause. */
async function guarded<Value>(
  code: TransportErrorCode,
  message: string,
  translate: () => Value | Promise<Value>,
): Promise<Value> {
  try {
    return await translate()
  } catch (error) {
    throw error instanceof TransportError ? error : new TransportError(code, message)
  }
}

function tell(onGap: (gap: SequenceGap) => void, gap: SequenceGap): void {
  try {
    onGap(gap)
  } catch (error) {
    reportUncaught(error)
  }
}

function channelsOf(channel: string | Channels): Channels {
  const channels = typeof channel === 'string' ? { send: channel, receive: channel } : channel
  if (!header.isChannel(channels?.send) || !header.isChannel(channels?.receive)) {
    throw new TransportError('bad_option', 'A channel must be a text of 1 to 256 characters.')
  }
  return channels
}

function within(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new TransportError('bad_option', `The option ${name} must be a whole number from 1 to ${most}.`)
}
