/**
 * From a dial to connection logic: `connection(transport, options)`.
 *
 * @module
 */
import { type ConnectionMachine, connectionMachine } from '../../machines/connection.ts'
import { type Bytes, type Codec, type Payload, raw } from '../codecs/codec.ts'
import type { Refused } from '../codecs/refusal.ts'
import { incoming, outgoing, type Schema } from '../codecs/schema.ts'
import type { Dial } from '../link.ts'
import { authorizeActor, dialActor, linkActor } from './actors.ts'
import { type ConnectionLogic, withDataPlane } from './logic.ts'
import type { Translation } from './plane.ts'
import type { QueueKind } from './send-queue.ts'
import type { ConnectionInput, Repeatable } from './settings.ts'

/** A codec, or what makes one for each connection. */
export type CodecSource<Received, Sent> = Codec<Received, Sent> | Codec | (() => Codec<Received, Sent> | Codec)

/** How a connection translates what its transport carries. */
export interface ConnectionOptions<Input, Received = unknown, Sent = Received> {
  /** What the wire carries. Default {@link raw}. A function makes one for each actor: a codec that counts must not be shared. */
  readonly codec?: CodecSource<Received, Sent> | undefined
  /** Standard Schema for received messages; one that is refused becomes an `error` event and the stream goes on. */
  readonly incoming?: Schema<unknown, Received> | undefined
  /** Standard Schema for what is sent; a refused value rejects its `send()`. */
  readonly outgoing?: Schema<Sent, unknown> | undefined
  /** What becomes of a received message that cannot be decoded or does not fit its schema. Default `error`. */
  readonly refused?: Refused | undefined
  /** What sends, for transports over which one usually does. Default: an outbox that is loaded by the first `send()`. */
  readonly queue?: QueueKind | undefined
  /** What the connection's own options are where the input does not say. */
  readonly defaults?: ConnectionInput | ((input: Input) => ConnectionInput) | undefined
  /** Whether a failed request may be sent again. Default: always; the HTTP transports answer for a POST without a key. */
  readonly repeatable?: ((input: Input) => Repeatable) | undefined
}

const machines = new WeakMap<Dial<object>, ConnectionMachine>()

/** The chart with this dial plugged in, made once per dial: one `provide` costs 22 kB and 0.25 ms. */
function machineOf(dial: Dial<object>): ConnectionMachine {
  const known = machines.get(dial)
  if (known !== undefined) return known
  const actors = { dial: dialActor(dial), link: linkActor, authorize: authorizeActor }
  const machine = connectionMachine.provide({ actors }) as ConnectionMachine
  machines.set(dial, machine)
  return machine
}

/**
 * Connection logic for a transport: any {@link Dial}, ours or your own. Call it at module level: logic is a constant, the URL is
 * input, and a hook that meets new logic on each render starts a new connection on each render.
 *
 * @example
 * const prices = connection(sse, { codec: json, incoming: z.object({ symbol: z.string(), price: z.number() }) })
 * const actor = createActor(prices, { input: { url: '/prices' } }).start()
 * actor.on('message', ({ message }) => render(message.data.price))
 */
export function connection<Input extends object, Received = Payload, Sent = string | Bytes>(
  transport: Dial<Input>,
  options: ConnectionOptions<Input, Received, Sent> = {},
): ConnectionLogic<Input, Received, Sent> {
  const { codec = raw, defaults = {} } = options
  const repeatable = options.repeatable ?? (() => true)
  const translate = (made: Codec): Translation => ({
    decode: incoming(made, options.incoming as Schema | undefined),
    encode: outgoing(made, options.outgoing as Schema | undefined),
    refused: options.refused,
  })
  const shared = typeof codec === 'function' ? undefined : translate(codec as Codec)
  return withDataPlane(machineOf(transport as Dial<object>), {
    translation: () => shared ?? translate((codec as () => Codec)()),
    queue: options.queue,
    defaults: typeof defaults === 'function' ? (input) => defaults(input as Input) : () => defaults,
    repeatable: (input) => repeatable(input as Input),
  }) as unknown as ConnectionLogic<Input, Received, Sent>
}
